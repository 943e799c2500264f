#include <config.h>

#include "run/bench_train.h"

#include "base/error.h"
#include "base/parallel.h"
#include "run/checkpoint.h"
#include "run/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- training ---- */

enum fm_status fm_bench_training_init(struct fm_bench_training *t, struct fm_arena *arena,
                                      struct fm_error *err)
{
    const struct fm_experiment *e = t->experiment;
    const struct fm_model *model = t->model;
    t->losses = FM_NEW(arena, FM_BENCH_LOSSES, struct fm_loss_row);
    if (!t->losses)
        return fm_out_of_memory(err);
    const struct fm_train_spec spec = {
        .options = &e->train,
        .seed = t->seed,
        .net = model->net,
        .source = &model->source,
        .data = &model->train,
        .validation = &model->validation,
        .path = e->path.loaded->plugin->path,
        .path_options = e->path.options,
        .coupling = e->coupling.loaded->plugin->coupling,
        .coupling_options = e->coupling.options,
        .n_threads = t->n_threads,
        .profile = t->is_profiled ? &t->profile : NULL,
    };
    return fm_trainer_init(arena, &spec, &t->trainer, err);
}

void fm_bench_training_fini(struct fm_bench_training *t)
{
    fm_trainer_fini(t->trainer);
}

void fm_bench_training_reset(struct fm_bench_training *t)
{
    t->profile = (struct fm_train_profile){0};
    t->n_steps = t->n_losses = 0;
    t->seconds = 0;
}

static void keep_loss(struct fm_bench_training *t)
{
    const struct fm_train_step_result *r = &t->last;
    if (r->step % (uint64_t)t->experiment->train.log_every == 0
        && t->n_losses < FM_BENCH_LOSSES)
        t->losses[t->n_losses++] =
            (struct fm_loss_row){r->step, r->loss, r->grad_norm, r->lr};
}

enum fm_status fm_bench_training_run(struct fm_bench_training *t, size_t max_steps,
                                     double seconds, struct fm_error *err)
{
    const double start = fm_seconds();
    size_t n = 0;
    do {
        FM_TRY(fm_trainer_step(t->trainer, &t->last, err));
        keep_loss(t);
    } while (++n < max_steps && fm_seconds() - start < seconds);
    t->n_steps += n;
    t->seconds += fm_seconds() - start;
    return FM_OK;
}

double fm_bench_training_rate(const struct fm_bench_training *t)
{
    return (double)t->n_steps * (double)t->experiment->train.batch / t->seconds;
}

/* ---- logging ---- */

/* A temporary folder for files whose writing is timed. */
static enum fm_status make_folder(char *path, size_t n, struct fm_error *err)
{
    const char *root = getenv("TMPDIR");
    (void)snprintf(path, n, "%s/fmrun-bench-XXXXXX", root && *root ? root : "/tmp");
    return mkdtemp(path) ? FM_OK : fm_fail_errno(err, "can't make the folder", path);
}

static void remove_folder(const char *folder, const char *const *names)
{
    char path[4096];
    for (size_t i = 0; names[i]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

/* A worker sends the losses of a tenth of a second, or a full record; the scheduler writes
 * what has arrived in one transaction. */
static size_t rows_per_record(const struct fm_bench_training *t)
{
    double n = 0.1 * (double)t->n_losses / t->seconds;
    return n < 1 ? 1 : n > FM_RECORD_LOSS_ROWS ? FM_RECORD_LOSS_ROWS : (size_t)n;
}

static enum fm_status write_losses(struct fm_store *store, int64_t run_id,
                                   const struct fm_bench_training *t, struct fm_error *err)
{
    const size_t n_together = rows_per_record(t);
    for (size_t first = 0; first < t->n_losses; first += n_together) {
        size_t left = t->n_losses - first, n = left < n_together ? left : n_together;
        FM_TRY(fm_store_begin(store, err));
        FM_TRY(fm_store_add_losses(store, run_id, n, t->losses + first, err));
        FM_TRY(fm_store_set_run_step(store, run_id, t->losses[first + n - 1].step, err));
        FM_TRY(fm_store_commit(store, err));
    }
    return FM_OK;
}

static enum fm_status log_into(const char *path, const struct fm_bench_training *t,
                               double *seconds, struct fm_error *err)
{
    struct fm_store *store = NULL;
    struct fm_known known;
    const struct fm_run_record run = {.key = "bench",
                                      .data = "",
                                      .source = "",
                                      .network = "",
                                      .path = "",
                                      .coupling = "",
                                      .train = ""};
    enum fm_status status = fm_store_open(&store, path, err);
    if (status == FM_OK)
        status = fm_store_add_run(store, &run, &known, err);
    double start = fm_seconds();
    if (status == FM_OK)
        status = write_losses(store, known.id, t, err);
    *seconds = fm_seconds() - start;
    fm_store_close(store);
    return status;
}

enum fm_status fm_bench_log(const struct fm_bench_training *t, double *seconds_per_row,
                            struct fm_error *err)
{
    static const char *const names[] = {"bench.db", "bench.db-wal", "bench.db-shm",
                                        "bench.db.lock", NULL};
    char folder[2048], path[2200];
    double seconds = 0;
    *seconds_per_row = 0;
    if (t->n_losses == 0)
        return FM_OK;
    FM_TRY(make_folder(folder, sizeof folder, err));
    (void)snprintf(path, sizeof path, "%s/bench.db", folder);
    enum fm_status status = log_into(path, t, &seconds, err);
    remove_folder(folder, names);
    *seconds_per_row = seconds / (double)t->n_losses;
    return status;
}

/* Seconds of one checkpoint. */
static enum fm_status time_checkpoint(const struct fm_bench_training *t, double *seconds,
                                      struct fm_error *err)
{
    static const char *const names[] = {"checkpoint.tmp", "checkpoint.safetensors", NULL};
    char folder[2048], from[2200], to[2200];
    FM_TRY(make_folder(folder, sizeof folder, err));
    (void)snprintf(from, sizeof from, "%s/%s", folder, names[0]);
    (void)snprintf(to, sizeof to, "%s/%s", folder, names[1]);
    double start = fm_seconds();
    enum fm_status status =
        fm_checkpoint_write(from, "bench", t->model->net, t->trainer, t->seconds, err);
    if (status == FM_OK)
        status = fm_file_publish(from, to, err);
    *seconds = fm_seconds() - start;
    remove_folder(folder, names);
    return status;
}

/* ---- rows ---- */

/* Adds the time of each phase of training, and the rest; nothing when the trainer has no
 * profile. */
static enum fm_status add_profile(struct fm_bench_run *b, const struct fm_bench_training *t,
                                  double scale, struct fm_error *err)
{
    const struct fm_train_profile *p = &t->profile;
    const struct {
        const char *name;
        double seconds;
    } parts[] = {{"data", p->data},           {"coupling", p->coupling},
                 {"forward", p->forward},     {"backward", p->backward},
                 {"optimiser", p->optimiser}, {"waiting", p->waiting}};
    double rest = t->seconds * (double)t->n_threads, known = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        known += parts[i].seconds;
    if (!(known > 0))
        return FM_OK;
    struct fm_bench_row row = {.is_part = true, .rows_per_second = (double)NAN};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        double flops =
            strcmp(parts[i].name, "forward") == 0 ? fm_net_forward_flops(t->model->net)
            : strcmp(parts[i].name, "backward") == 0
                ? fm_net_train_flops(t->model->net) - fm_net_forward_flops(t->model->net)
                : (double)NAN;
        double seconds = parts[i].seconds / (double)t->n_threads;
        row.phase = parts[i].name;
        row.seconds = seconds * scale;
        row.flops_per_second = flops * fm_bench_training_rate(t) * t->seconds / seconds;
        FM_TRY(fm_bench_add(b, &row, err, "%s", ""));
        rest -= parts[i].seconds;
    }
    row.phase = "other";
    row.seconds = fmax(rest, 0) / (double)t->n_threads * scale;
    row.flops_per_second = (double)NAN;
    return fm_bench_add(b, &row, err, "%s", "");
}

/* scale: all steps / timed steps. */
static enum fm_status add_training(struct fm_bench_run *b,
                                   const struct fm_bench_training *t, double scale,
                                   struct fm_error *err)
{
    const double rate = fm_bench_training_rate(t);
    const struct fm_bench_row row = {
        .phase = "training",
        .seconds = t->seconds * scale,
        .rows_per_second = rate,
        .flops_per_second = rate * fm_net_train_flops(t->model->net),
    };
    FM_TRY(fm_bench_add(b, &row, err, "%zu of %lld steps", t->n_steps,
                        (long long)b->experiment->train.steps));
    return add_profile(b, t, scale, err);
}

static enum fm_status add_writing(struct fm_bench_run *b, const struct fm_bench_training *t,
                                  double scale, struct fm_error *err)
{
    const struct fm_train_options *o = &b->experiment->train;
    const double n_losses = floor((double)o->steps / (double)o->log_every);
    /* the last one holds the weights */
    const double n_checkpoints =
        1 + floor(t->seconds * scale / fmax(o->checkpoint_seconds, 1e-3));
    struct fm_bench_row row = {.rows_per_second = (double)NAN,
                               .flops_per_second = (double)NAN};
    double seconds;
    FM_TRY(fm_bench_log(t, &seconds, err));
    row.phase = "logging";
    row.seconds = seconds * n_losses;
    FM_TRY(fm_bench_add(b, &row, err, "%zu of %.0f losses; by the scheduler, meanwhile",
                        t->n_losses, n_losses));
    FM_TRY(time_checkpoint(t, &seconds, err));
    row.phase = "checkpoints and weights";
    row.seconds = seconds * n_checkpoints;
    return fm_bench_add(b, &row, err, "1 of %.0f", n_checkpoints);
}

enum fm_status fm_bench_train(struct fm_bench_run *b, struct fm_error *err)
{
    struct fm_bench_training t = {.experiment = b->experiment,
                                  .model = &b->model,
                                  .seed = b->run->seed,
                                  .n_threads = b->options->n_threads,
                                  .is_profiled = true};
    const size_t n_steps = (size_t)b->experiment->train.steps;
    const double seconds = b->options->seconds;
    FM_TRY(fm_bench_training_init(&t, b->arena, err));
    enum fm_status status = fm_bench_training_run(&t, 1 + n_steps / 20, seconds / 10, err);
    fm_bench_training_reset(&t); /* that was the warm-up */
    if (status == FM_OK)
        status = fm_bench_training_run(&t, n_steps, seconds, err);
    const double scale = (double)n_steps / (double)t.n_steps;
    if (status == FM_OK)
        status = add_training(b, &t, scale, err);
    if (status == FM_OK)
        status = add_writing(b, &t, scale, err);
    if (status == FM_OK)
        b->model.weights = fm_trainer_weights(t.trainer);
    fm_model_set_point(&b->model, b->experiment);
    fm_bench_training_fini(&t);
    return status;
}
