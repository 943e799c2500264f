#include <config.h>

#include "bench.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/peak.h"
#include "run/solve_settings.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- models and workloads ---- */

static const struct {
    const char *name;
    enum fm_activation activation; /* as in the config */
} all_models[] = {
    {"tiny", FM_ACTIVATION_SELU},
    {"mid", FM_ACTIVATION_SILU},
    {"wide", FM_ACTIVATION_SILU},
    {"tiny_ot", FM_ACTIVATION_SELU},
};
enum { N_MODELS = sizeof all_models / sizeof *all_models };

static const struct {
    const char *name;
    enum bench_kind kind;
    const char *model;
    size_t method;
} all_workloads[] = {
    {"tiny", BENCH_TRAIN, "tiny", 0},      {"mid", BENCH_TRAIN, "mid", 0},
    {"wide", BENCH_TRAIN, "wide", 0},      {"tiny_ot", BENCH_TRAIN, "tiny_ot", 0},
    {"conv", BENCH_NETWORK, NULL, 0},      {"tiny_euler", BENCH_SAMPLE, "tiny", 0},
    {"tiny_rk4", BENCH_SAMPLE, "tiny", 1}, {"tiny_dopri5", BENCH_SAMPLE, "tiny", 2},
    {"mid_euler", BENCH_SAMPLE, "mid", 0}, {"rk4_vs_euler", BENCH_PROCESS, NULL, 0},
};
enum { N_WORKLOADS = sizeof all_workloads / sizeof *all_workloads };

/* ---- opening ---- */

static enum fm_status open_samples(struct bench *b, struct bench_model *m,
                                   struct fm_error *err)
{
    m->n = (size_t)m->experiment->sample.count;
    m->weights = FM_NEW(&b->arena, fm_net_block_size(m->model.net), fm_real);
    m->x0 = FM_NEW(&b->arena, m->n * m->model.dim, double);
    m->x1 = FM_NEW(&b->arena, m->n * m->model.dim, double);
    m->nfe = FM_NEW(&b->arena, m->n, uint64_t);
    if (!m->weights || !m->x0 || !m->x1 || !m->nfe)
        return fm_out_of_memory(err);
    m->model.velocity.parameters = m->weights;
    fm_bench_x0(&m->model, m->plan.runs[0].seed, m->n, m->x0);
    return FM_OK;
}

static enum fm_status open_model(struct bench *b, struct bench_model *m,
                                 struct fm_error *err)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/bench/configs/%s.yaml", b->options.source,
                   m->name);
    FM_TRY(fm_plan_read(&b->arena, &b->registry, path, 0, NULL, &m->plan, err));
    m->experiment = &m->plan.runs[0].point->experiment;
    FM_TRY(fm_model_open(&b->arena, m->experiment, false, &m->model, err));
    FM_TRY(fm_model_split(&b->arena, m->experiment, 0, &m->model, err));
    for (size_t c = 0; c < b->n_counts; c++) {
        m->training[c] = (struct fm_bench_training){.experiment = m->experiment,
                                                    .model = &m->model,
                                                    .seed = m->plan.runs[0].seed,
                                                    .n_threads = b->n_threads[c]};
        FM_TRY(fm_bench_training_init(&m->training[c], &b->arena, err));
    }
    return open_samples(b, m, err);
}

static enum fm_status find_model(struct bench *b, const char *name,
                                 struct bench_model **model, struct fm_error *err)
{
    size_t kind = 0;
    for (size_t i = 0; i < b->n_models; i++)
        if (strcmp(b->models[i].name, name) == 0) {
            *model = &b->models[i];
            return FM_OK;
        }
    while (strcmp(all_models[kind].name, name) != 0)
        kind++;
    struct bench_model *m = *model = &b->models[b->n_models++];
    *m = (struct bench_model){.name = name, .activation = all_models[kind].activation};
    return open_model(b, m, err);
}

static enum fm_status open_workload(struct bench *b, size_t index, struct fm_error *err)
{
    struct bench_workload *w = &b->workloads[b->n_workloads++];
    *w = (struct bench_workload){.name = all_workloads[index].name,
                                 .kind = all_workloads[index].kind,
                                 .method = all_workloads[index].method,
                                 .nfe = 1};
    if (w->kind == BENCH_PROCESS) {
        w->peer_reason = "not implemented";
        return FM_OK;
    }
    if (w->kind == BENCH_NETWORK)
        return bench_net_open(b, w->name, &w->net, &w->flops, err);
    FM_TRY(find_model(b, all_workloads[index].model, &w->model, err));
    w->flops = w->kind == BENCH_TRAIN ? fm_net_train_flops(w->model->model.net)
                                      : fm_net_forward_flops(w->model->model.net);
    return FM_OK;
}

static bool is_wanted(const struct bench *b, const char *name)
{
    for (size_t i = 0; i < b->options.n_only; i++)
        if (strcmp(b->options.only[i], name) == 0)
            return true;
    return b->options.n_only == 0;
}

static enum fm_status check_names(const struct bench *b, struct fm_error *err)
{
    const char *names[N_WORKLOADS];
    for (size_t i = 0; i < N_WORKLOADS; i++)
        names[i] = all_workloads[i].name;
    for (size_t i = 0; i < b->options.n_only; i++) {
        const char *word = b->options.only[i];
        bool is_known = false;
        for (size_t j = 0; j < N_WORKLOADS; j++)
            is_known = is_known || strcmp(names[j], word) == 0;
        const char *nearest = fm_nearest(word, names, N_WORKLOADS);
        if (!is_known)
            return fm_fail(err, FM_ERROR_USAGE, "there is no workload \"%s\"%s%s%s", word,
                           nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                           nearest ? "\"?" : "");
    }
    return FM_OK;
}

enum fm_status bench_open(struct bench *b, struct fm_error *err)
{
    FM_TRY(check_names(b, err));
    b->models = FM_NEW(&b->arena, N_MODELS, struct bench_model);
    b->workloads = FM_NEW(&b->arena, N_WORKLOADS, struct bench_workload);
    b->cells = FM_NEW(&b->arena, b->options.n_rounds * N_WORKLOADS, struct bench_cell);
    if (!b->models || !b->workloads || !b->cells)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < N_WORKLOADS; i++)
        if (is_wanted(b, all_workloads[i].name))
            FM_TRY(open_workload(b, i, err));
    return FM_OK;
}

void bench_close(struct bench *b)
{
    for (size_t i = 0; i < b->n_models; i++)
        for (size_t c = 0; c < b->n_counts; c++)
            fm_bench_training_fini(&b->models[i].training[c]);
    fm_arena_fini(&b->arena);
}

/* ---- timing ---- */

static enum fm_status measure_training(struct bench *b, struct bench_workload *w,
                                       size_t count, double *rate, struct fm_error *err)
{
    struct fm_bench_training *t = &w->model->training[count];
    FM_TRY(fm_bench_training_run(t, SIZE_MAX, b->options.seconds / 20, err));
    fm_bench_training_reset(t); /* end of the warm-up */
    FM_TRY(fm_bench_training_run(t, SIZE_MAX, b->options.seconds, err));
    *rate = fm_bench_training_rate(t);
    return FM_OK;
}

enum fm_status bench_solve(struct bench *b, const struct bench_workload *w, size_t count,
                           struct fm_solve_result *result, struct fm_error *err)
{
    const struct bench_model *m = w->model;
    const struct fm_method *method = &m->experiment->methods[w->method];
    const struct fm_bench_solve solve = {
        .model = &m->model,
        .solver = &method->ready,
        .control = fm_method_control(method),
        .n_threads = b->n_threads[count],
        .n = m->n,
        .seed = m->plan.runs[0].seed,
        .x0 = m->x0,
        .x1 = m->x1,
        .nfe = m->nfe,
    };
    FM_TRY(fm_bench_solve(&solve, result, err));
    if (result->n_failed > 0)
        return fm_fail(err, FM_ERROR_RUN, "%s: %zu rows %s", w->name, result->n_failed,
                       fm_row_failure_text(result->first_failure));
    return FM_OK;
}

static enum fm_status measure_sampling(struct bench *b, struct bench_workload *w,
                                       size_t count, double *rate, struct fm_error *err)
{
    struct fm_solve_result result;
    size_t n = 0;
    double start = fm_seconds();
    do {
        FM_TRY(bench_solve(b, w, count, &result, err));
        n += w->model->n;
    } while (fm_seconds() - start < b->options.seconds);
    *rate = (double)n / (fm_seconds() - start);
    w->nfe = result.nfe_mean;
    return FM_OK;
}

/* ---- the whole program ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

/* Runs the program with its standard output discarded and waits for it. */
static enum fm_status run_fmrun(const char *const *arguments, struct fm_error *err)
{
    int code = 0;
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return fm_fail_errno(err, "can't start", arguments[0]);
    if (pid == 0) {
        int nothing = open("/dev/null", O_RDWR);
        if (nothing >= 0 && dup2(nothing, 0) >= 0 && dup2(nothing, 1) >= 0)
            (void)execv(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR)
        ;
    if (code != 0)
        return fm_fail(err, FM_ERROR_RUN, "%s %s ended with status %d", arguments[0],
                       arguments[1], WIFEXITED(code) ? WEXITSTATUS(code) : code);
    return FM_OK;
}

static enum fm_status measure_process(struct bench *b, const struct bench_workload *w,
                                      double *wall, struct fm_error *err)
{
    char folder[2048], db[2200], config[4096];
    const char *root = getenv("TMPDIR");
    (void)snprintf(folder, sizeof folder, "%s/fmrun-bench-XXXXXX",
                   root && *root ? root : "/tmp");
    if (!mkdtemp(folder))
        return fm_fail_errno(err, "can't make the folder", folder);
    (void)snprintf(db, sizeof db, "%s/whole.db", folder);
    (void)snprintf(config, sizeof config, "%s/configs/%s.yaml", b->options.source, w->name);
    const char *arguments[] = {b->options.fmrun, config, "--db", db, "--quiet", NULL};
    double start = fm_seconds();
    enum fm_status status = run_fmrun(arguments, err);
    *wall = fm_seconds() - start;
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return status;
}

static enum fm_status measure_rate(struct bench *b, struct bench_workload *w, size_t count,
                                   double *rate, struct fm_error *err)
{
    switch (w->kind) {
    case BENCH_TRAIN:
        return measure_training(b, w, count, rate, err);
    case BENCH_SAMPLE:
        return measure_sampling(b, w, count, rate, err);
    case BENCH_NETWORK:
        *rate = bench_net_rate(w->net, count, b->options.seconds);
        return FM_OK;
    case BENCH_PROCESS:
        break;
    }
    return fm_fail(err, FM_ERROR_INTERNAL, "%s has no rate", w->name);
}

/* One measurement inside a team of threads, as in a worker. */
struct measurement {
    struct bench *b;
    struct bench_workload *w;
    size_t count;
    struct bench_cell *cell;
};

static enum fm_status measure(void *context, struct fm_error *err)
{
    struct measurement *m = context;
    struct bench_cell *cell = m->cell;
    const size_t n_threads = m->b->n_threads[m->count];
    const double seconds = fmin(0.02, m->b->options.seconds / 10);
    const double before = fm_peak_flops(n_threads, seconds);
    enum fm_status status = measure_rate(m->b, m->w, m->count, &cell->rate[m->count], err);
    if (status == FM_OK && m->count == 0 && m->w->kind == BENCH_SAMPLE
        && m->w->model->experiment->methods[m->w->method].options.steps > 0)
        status = bench_outside(m->b, m->w, &cell->outside, err);
    /* the larger of two: another process may have disturbed one of them */
    cell->peak[m->count] = fmax(before, fm_peak_flops(n_threads, seconds));
    return status;
}

enum fm_status bench_measure(struct bench *b, struct bench_workload *w, size_t count,
                             struct bench_cell *cell, struct fm_error *err)
{
    if (w->kind == BENCH_PROCESS)
        return count == 0 ? measure_process(b, w, &cell->wall, err) : FM_OK;
    struct measurement m = {b, w, count, cell};
    return fm_parallel_team(b->n_threads[count], measure, &m, err);
}
