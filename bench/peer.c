/* The peer's process: each command is one line, and so is its answer. */
#include <config.h>

#include "bench.h"

#include "base/error.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const variants[] = {"autograd", "hand"};
enum { N_VARIANTS = 2 };
/* A variant below this share of the best rate in the first round is not tried again. */
static const double WORTH_TRYING = 0.85;
/* Root mean square difference between the end points of fmrun and the peer, which are some
 * units wide.  Both work in float, and adaptive solves with different step control differ. */
static const double END_TOLERANCE = 0.01;

struct bench_peer {
    pid_t pid;
    FILE *to, *from;
    char line[4096];
    double (*first)[N_VARIANTS][BENCH_N_COUNTS]; /* [n_workloads]: rates of round 0 */
};

/* ---- the process ---- */

static enum fm_status start(struct bench_peer *p, const char *python, const char *script,
                            struct fm_error *err)
{
    int down[2], up[2];
    if (pipe(down) != 0 || pipe(up) != 0)
        return fm_fail_errno(err, "can't make", "a pipe");
    (void)fflush(NULL);
    p->pid = fork();
    if (p->pid < 0)
        return fm_fail_errno(err, "can't start", python);
    if (p->pid == 0) {
        const char *arguments[] = {python, script, NULL};
        (void)signal(SIGPIPE, SIG_DFL);
        (void)close(down[1]);
        (void)close(up[0]);
        if (dup2(down[0], 0) >= 0 && dup2(up[1], 1) >= 0)
            (void)execvp(python, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    (void)close(down[0]);
    (void)close(up[1]);
    p->to = fdopen(down[1], "w");
    p->from = fdopen(up[0], "r");
    return p->to && p->from ? FM_OK : fm_out_of_memory(err);
}

static void stop(struct bench_peer *p)
{
    if (p->to)
        (void)fclose(p->to); /* the end of its input ends it */
    if (p->from)
        (void)fclose(p->from);
    while (p->pid > 0 && waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *p = (struct bench_peer){.first = p->first};
}

/* The next line of the peer, without its newline; NULL when the peer has ended. */
static const char *read_line(struct bench_peer *p)
{
    if (!p->from || !fgets(p->line, sizeof p->line, p->from))
        return NULL;
    p->line[strcspn(p->line, "\n")] = '\0';
    return p->line;
}

/* Sends a command; returns the answer after "ok", or NULL with the reason. */
static const char *ask(struct bench_peer *p, const char *question, const char **reason)
{
    const char *answer = NULL;
    *reason = "the peer ended";
    if (p->to && fprintf(p->to, "%s\n", question) > 0 && fflush(p->to) == 0)
        answer = read_line(p);
    if (!answer)
        return NULL;
    if (strncmp(answer, "ok", 2) == 0)
        return answer + 2;
    *reason = strncmp(answer, "no ", 3) == 0 ? answer + 3 : answer;
    return NULL;
}

/* Reads the peer's first line, "ready ABOUT", and prints any lines before it.  false: the peer
 * ended; its last line said why. */
static bool read_greeting(struct bench_peer *p, struct fm_text *about)
{
    const char *line;
    while ((line = read_line(p))) {
        if (strncmp(line, "ready ", 6) == 0) {
            fm_text_add(about, "%s", line + 6);
            return true;
        }
        (void)fprintf(stderr, "bench: %s\n", line);
    }
    return false;
}

enum fm_status bench_peer_open(struct bench *b, struct bench_peer **peer,
                               const char **about, struct fm_error *err)
{
    const char *given = getenv("BENCH_PYTHON");
    const char *const candidates[] = {given && *given ? given : "python3",
                                      given && *given ? NULL : "/usr/bin/python3", NULL};
    char script[4096];
    struct fm_text text = {0};
    struct bench_peer *p = FM_NEW(&b->arena, 1, struct bench_peer);
    if (!p)
        return fm_out_of_memory(err);
    *peer = NULL;
    p->first = fm_arena_take(&b->arena, b->n_workloads, sizeof *p->first);
    if (!p->first)
        return fm_out_of_memory(err);
    (void)signal(SIGPIPE, SIG_IGN); /* the bench goes on without a peer that has ended */
    (void)snprintf(script, sizeof script, "%s/bench/peer.py", b->options.source);
    for (size_t i = 0; candidates[i] && !*peer; i++) {
        FM_TRY(start(p, candidates[i], script, err));
        if (read_greeting(p, &text))
            *peer = p;
        else
            stop(p);
    }
    if (!*peer)
        fm_text_add(&text, "none: no python3 with torch (apt-get install python3-torch "
                           "libopenblas0-pthread python3-pot, or set BENCH_PYTHON)");
    *about = text.has_failed ? NULL : fm_arena_text(&b->arena, fm_text_bytes(&text));
    fm_text_fini(&text);
    return *about ? FM_OK : fm_out_of_memory(err);
}

void bench_peer_close(struct bench_peer *peer)
{
    if (peer)
        stop(peer);
}

/* ---- the same work ---- */

static enum fm_status write_floats(const char *path, size_t n, const float *values,
                                   struct fm_error *err)
{
    return fm_file_write_plain(path, values, n * sizeof *values, err);
}

/* The network's parameters in the order of its table, and x0. */
static enum fm_status write_model(struct fm_arena *arena, const struct bench_model *m,
                                  const char *weights_path, const char *x0_path,
                                  struct fm_error *err)
{
    size_t n_tensors, n = 0;
    const struct fm_parameter *p = fm_net_parameters(m->model.net, &n_tensors);
    float *weights = FM_NEW(arena, fm_net_n_parameters(m->model.net), float);
    float *x0 = FM_NEW(arena, m->n * m->model.dim, float);
    if (!weights || !x0)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n_tensors; i++) {
        fm_parameter_export(&p[i], m->weights, weights + n);
        n += p[i].n_taps * p[i].n_rows * p[i].n_columns;
    }
    for (size_t i = 0; i < m->n * m->model.dim; i++)
        x0[i] = (float)m->x0[i];
    FM_TRY(write_floats(weights_path, n, weights, err));
    return write_floats(x0_path, m->n * m->model.dim, x0, err);
}

static enum fm_status compare(struct bench *b, struct fm_arena *arena,
                              const struct bench_workload *w, const char *variant,
                              const char *path, struct fm_error *err)
{
    const struct bench_model *m = w->model;
    const size_t n = m->n * m->model.dim;
    struct fm_solve_result result;
    char *bytes;
    size_t n_bytes;
    FM_TRY(fm_file_read(arena, path, n * sizeof(float), &bytes, &n_bytes, err));
    if (n_bytes != n * sizeof(float))
        return fm_fail(err, FM_ERROR_RUN,
                       "%s: the peer wrote %zu bytes of end points, not %zu", w->name,
                       n_bytes, n * sizeof(float));
    FM_TRY(bench_solve(b, w, b->n_counts - 1, &result, err));
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        float theirs;
        memcpy(&theirs, bytes + i * sizeof theirs, sizeof theirs);
        sum += ((double)theirs - m->x1[i]) * ((double)theirs - m->x1[i]);
    }
    if (!(sqrt(sum / (double)n) <= END_TOLERANCE))
        return fm_fail(
            err, FM_ERROR_RUN,
            "%s: end points of the peer (%s) are %.3g away from fmrun's: the two don't do "
            "the same work",
            w->name, variant, sqrt(sum / (double)n));
    return FM_OK;
}

static enum fm_status check_workload(struct bench_peer *p, struct bench *b,
                                     struct fm_arena *arena, struct bench_workload *w,
                                     const char *folder, struct fm_error *err)
{
    char weights[2200], x0[2200], x1[2200], question[8192];
    const char *reason;
    (void)snprintf(weights, sizeof weights, "%s/weights", folder);
    (void)snprintf(x0, sizeof x0, "%s/x0", folder);
    (void)snprintf(x1, sizeof x1, "%s/x1", folder);
    FM_TRY(write_model(arena, w->model, weights, x0, err));
    (void)snprintf(question, sizeof question, "load %s %s %s", w->model->name, weights, x0);
    const char *answer = ask(p, question, &reason);
    for (size_t v = 0; v < N_VARIANTS && answer; v++) {
        (void)snprintf(question, sizeof question, "solve %s %s %zu %s", w->name,
                       variants[v], b->n_threads[b->n_counts - 1], x1);
        answer = ask(p, question, &reason);
        if (answer)
            FM_TRY(compare(b, arena, w, variants[v], x1, err));
    }
    if (!answer && !(w->peer_reason = fm_arena_text(&b->arena, reason)))
        return fm_out_of_memory(err);
    return FM_OK;
}

enum fm_status bench_peer_check(struct bench_peer *peer, struct bench *b,
                                struct fm_error *err)
{
    static const char *const names[] = {"weights", "x0", "x1"};
    char folder[2048], path[2200];
    const char *root = getenv("TMPDIR");
    struct fm_arena scratch = {0};
    enum fm_status status = FM_OK;
    (void)snprintf(folder, sizeof folder, "%s/fmrun-bench-XXXXXX",
                   root && *root ? root : "/tmp");
    if (!mkdtemp(folder))
        return fm_fail_errno(err, "can't make the folder", folder);
    for (size_t i = 0; status == FM_OK && i < b->n_workloads; i++) {
        struct bench_workload *w = &b->workloads[i];
        if (w->kind == BENCH_SAMPLE)
            status = check_workload(peer, b, &scratch, w, folder, err);
        fm_arena_fini(&scratch);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    return status;
}

/* ---- timing ---- */

static bool is_worth_trying(const struct bench_peer *p, size_t workload, size_t variant,
                            size_t count)
{
    double best = 0;
    for (size_t v = 0; v < N_VARIANTS; v++)
        for (size_t c = 0; c < BENCH_N_COUNTS; c++)
            best = fmax(best, p->first[workload][v][c]);
    return p->first[workload][variant][count] >= WORTH_TRYING * best;
}

enum fm_status bench_peer_measure(struct bench_peer *p, struct bench *b,
                                  struct bench_workload *w, size_t round,
                                  struct bench_cell *cell, struct fm_error *err)
{
    const size_t workload = (size_t)(w - b->workloads);
    for (size_t v = 0; v < N_VARIANTS; v++)
        for (size_t c = 0; c < b->n_counts && !w->peer_reason; c++) {
            char question[256];
            const char *reason;
            if (round > 0 && !is_worth_trying(p, workload, v, c))
                continue;
            (void)snprintf(question, sizeof question, "run %s %s %zu %g", w->name,
                           variants[v], b->n_threads[c], b->options.seconds);
            const char *answer = ask(p, question, &reason);
            if (!answer) {
                w->peer_reason = fm_arena_text(&b->arena, reason);
                return w->peer_reason ? FM_OK : fm_out_of_memory(err);
            }
            char *rest;
            double rate = strtod(answer, &rest), nfe = strtod(rest, NULL);
            if (round == 0)
                p->first[workload][v][c] = rate;
            if (rate > cell->peer_rate) {
                cell->peer_rate = rate;
                cell->peer_variant = variants[v];
                cell->peer_threads = b->n_threads[c];
                cell->peer_nfe = nfe;
            }
        }
    return FM_OK;
}
