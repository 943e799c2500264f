/* The worker's sampling: the same x0 for every solver, then the metrics. */
#include <config.h>

#include "base/error.h"
#include "base/log.h"
#include "base/stream.h"
#include "measure/measure.h"
#include "run/picture.h"
#include "run/worker.h"
#include "sample/integrate.h"
#include "store/image.h"
#include "store/npy.h"

#include <math.h>
#include <string.h>

/* The samplings of one point, under way. */
struct sampler {
    struct fm_worker *w;
    const struct fm_task_point *point;
    const struct fm_experiment *e;
    struct fm_arena arena;   /* for the point */
    struct fm_arena scratch; /* for one sampling */
    size_t n, dim;
    double *x0, *x1;    /* [n][dim] */
    uint64_t *nfe;      /* [n] */
    double *trajectory; /* [n_steps + 1][n_traced][dim] of the sampling under way */
    struct fm_references references;
    struct fm_error no_reference; /* why the reference solve is missing, where it is */
    size_t n_floors;
    struct fm_metric_task *floors; /* [experiment.n_metrics], by the metric's place there */
};

static size_t metric_place(const struct sampler *s, const struct fm_task_metric *m)
{
    return (size_t)(m->metric->metric - s->e->metrics);
}

/* ---- references ---- */

static enum fm_status reference_solve(struct sampler *s, double tolerance_factor,
                                      double **x1, struct fm_error *err)
{
    const struct fm_reference_options *o = &s->e->reference;
    struct fm_solve_result result;
    *x1 = FM_NEW(&s->arena, s->n * s->dim, double);
    if (!*x1)
        return fm_out_of_memory(err);
    struct fm_solve solve = {
        .velocity = &s->w->model.velocity,
        .solver = s->e->reference_solver.loaded->plugin->solver,
        .solver_options = s->e->reference_solver.options,
        .control = {.rtol = o->rtol * tolerance_factor,
                    .atol = o->atol * tolerance_factor,
                    .max_evaluations = (uint64_t)o->max_evaluations},
        .n_threads = s->w->n_threads,
        .n = s->n,
        .x0 = s->x0,
        .x1 = *x1,
        .nfe = s->nfe,
        .stop = s->w->stop,
    };
    FM_TRY(fm_integrate(&solve, &result, err));
    if (result.n_failed > 0)
        return fm_fail(err, FM_ERROR_DIVERGED,
                       "the reference solve failed: %zu of %zu rows %s; a larger "
                       "sample.reference.rtol may help",
                       result.n_failed, s->n, fm_row_failure_text(result.first_failure));
    fm_log(FM_LOG_SAMPLE, "reference solve: %.1f evaluations a row, %.2f s",
           result.nfe_mean, result.seconds);
    return FM_OK;
}

static enum fm_status data_rows(struct sampler *s, uint32_t stream, const double **rows,
                                struct fm_error *err)
{
    double *x = FM_NEW(&s->arena, s->n * s->dim, double);
    if (!x)
        return fm_out_of_memory(err);
    fm_data_rows(&s->w->model.data, (struct fm_stream){s->w->task->run->seed, stream, 0},
                 s->n, 0, s->n, x);
    *rows = x;
    return FM_OK;
}

static bool needs(const struct sampler *s, enum fm_metric_reference reference)
{
    for (size_t i = 0; i < s->point->n_samplings; i++)
        for (size_t j = 0; j < s->point->samplings[i].n_metrics; j++)
            if (s->point->samplings[i]
                    .metrics[j]
                    .metric->metric->loaded->plugin->metric->reference
                == reference)
                return true;
    return false;
}

/* Measures what a perfect sampler would score, once for all samplings. */
static void measure_floors(struct sampler *s)
{
    struct fm_metric_task *tasks = s->floors;
    size_t n = 0;
    for (size_t i = 0; i < s->e->n_metrics; i++) {
        const struct fm_component *c = &s->e->metrics[i];
        double unused;
        const double *samples =
            fm_floor_samples(&s->references, c->loaded->plugin->metric, &unused);
        if (samples)
            tasks[n++] = (struct fm_metric_task){.metric = c->loaded->plugin->metric,
                                                 .options = c->options,
                                                 .samples = samples};
    }
    fm_measure(&s->references, s->w->n_threads, n, tasks);
    s->n_floors = n;
}

static double floor_of(const struct sampler *s, const struct fm_component *c)
{
    const struct fm_metric_ops *metric = c->loaded->plugin->metric;
    double divisor;
    (void)fm_floor_samples(&s->references, metric, &divisor);
    for (size_t i = 0; i < s->n_floors; i++)
        if (s->floors[i].options == c->options && s->floors[i].metric == metric)
            return s->floors[i].status == FM_OK ? s->floors[i].estimate.value / divisor
                                                : (double)NAN;
    return (double)NAN;
}

static enum fm_status make_references(struct sampler *s, struct fm_error *err)
{
    struct fm_references *r = &s->references;
    double *solve = NULL, *looser = NULL;
    *r = (struct fm_references){
        .n = s->n, .dim = s->dim, .seed = s->w->task->run->seed, .x0 = s->x0};
    s->floors = FM_NEW(&s->arena, s->e->n_metrics, struct fm_metric_task);
    if (!s->floors)
        return fm_out_of_memory(err);
    if (needs(s, FM_REFERENCE_DATA)) {
        FM_TRY(data_rows(s, FM_STREAM_REFERENCE, &r->data, err));
        FM_TRY(data_rows(s, FM_STREAM_FLOOR, &r->floor, err));
    }
    if (needs(s, FM_REFERENCE_SOLVE)) {
        /* without it, the metrics that need it have no value, and the others go on */
        enum fm_status status = reference_solve(s, 1, &solve, &s->no_reference);
        if (status == FM_OK)
            status = reference_solve(s, 10, &looser, &s->no_reference);
        if (status == FM_INTERRUPTED || status == FM_ERROR_MEMORY)
            return fm_fail(err, status, "%s", s->no_reference.message);
        r->solve = status == FM_OK ? solve : NULL;
        r->looser = status == FM_OK ? looser : NULL;
    }
    measure_floors(s);
    return FM_OK;
}

static enum fm_status sampler_init(struct sampler *s, struct fm_error *err)
{
    s->e = &s->point->point->experiment;
    s->n = (size_t)s->e->sample.count;
    s->dim = s->w->model.dim;
    s->x0 = FM_NEW(&s->arena, s->n * s->dim, double);
    s->x1 = FM_NEW(&s->arena, s->n * s->dim, double);
    s->nfe = FM_NEW(&s->arena, s->n, uint64_t);
    if (!s->x0 || !s->x1 || !s->nfe)
        return fm_out_of_memory(err);
    fm_data_rows(&s->w->model.source,
                 (struct fm_stream){s->w->task->run->seed, FM_STREAM_SAMPLE_SOURCE, 0},
                 s->n, 0, s->n, s->x0);
    return make_references(s, err);
}

/* ---- files ---- */

static enum fm_status keep_file(struct sampler *s, const struct fm_task_sampling *t,
                                const char *kind, const struct fm_npy *array,
                                struct fm_error *err)
{
    char name[128];
    (void)snprintf(name, sizeof name, "%.12s.%s.npy", t->sampling->key, kind);
    char *path;
    FM_TRY(fm_worker_path(s->w, name, &path, err));
    FM_TRY(fm_npy_write(path, array, err));
    return fm_worker_artifact(s->w, t->sampling_id, kind, path, path, err);
}

/* A grid of samples that are images; of samples in the plane, their density beside that of
 * the data. */
static enum fm_status keep_picture(struct sampler *s, const struct fm_task_sampling *t,
                                   struct fm_error *err)
{
    const struct fm_dataset *set = &s->w->model.data.set;
    size_t n = (size_t)s->e->sample.images < s->n ? (size_t)s->e->sample.images : s->n;
    bool is_plane = s->dim == 2;
    if (n == 0 || (set->channels == 0 && !is_plane))
        return FM_OK;
    if (is_plane && !s->references.data)
        FM_TRY(data_rows(s, FM_STREAM_REFERENCE, &s->references.data, err));
    double *images =
        is_plane ? fm_picture_densities(&s->scratch, s->n, s->references.data, s->x1)
                 : fm_picture_planes(&s->scratch, set, n, s->x1);
    char name[128], *path;
    (void)snprintf(name, sizeof name, "%.12s.png", t->sampling->key);
    if (!images)
        return fm_out_of_memory(err);
    FM_TRY(fm_worker_path(s->w, name, &path, err));
    const struct fm_image_grid grid = {
        .n = is_plane ? 2 : n,
        .n_channels = is_plane ? 1 : set->channels,
        .height = is_plane ? FM_PICTURE_SIDE : set->height,
        .width = is_plane ? FM_PICTURE_SIDE : set->width,
        .low = -1,
        .high = 1,
        .images = images,
    };
    FM_TRY(fm_image_write(path, &grid, err));
    return fm_worker_artifact(s->w, t->sampling_id, "image", path, path, err);
}

static size_t n_traced(const struct sampler *s)
{
    size_t rows = (size_t)s->e->sample.trajectory_rows;
    return rows < s->n ? rows : s->n;
}

static enum fm_status keep_files(struct sampler *s, const struct fm_task_sampling *t,
                                 struct fm_error *err)
{
    const struct fm_sample_options *o = &s->e->sample;
    struct fm_npy rows = {.type = FM_NPY_F64, .n_dims = 2, .shape = {s->n, s->dim}};
    if (o->keep_x0) {
        rows.data = s->x0;
        FM_TRY(keep_file(s, t, "x0", &rows, err));
    }
    if (o->keep_x1) {
        rows.data = s->x1;
        FM_TRY(keep_file(s, t, "x1", &rows, err));
    }
    if (s->trajectory) {
        struct fm_npy path = {
            .type = FM_NPY_F64,
            .n_dims = 3,
            .shape = {(size_t)t->sampling->method->options.steps + 1, n_traced(s), s->dim},
            .data = s->trajectory,
        };
        FM_TRY(keep_file(s, t, "trajectory", &path, err));
    }
    return keep_picture(s, t, err);
}

/* ---- one sampling ---- */

static enum fm_status solve_one(struct sampler *s, const struct fm_task_sampling *t,
                                struct fm_solve_result *result, struct fm_error *err)
{
    const struct fm_method *m = t->sampling->method;
    const struct fm_method_options *o = &m->options;
    struct fm_solve solve = {
        .velocity = &s->w->model.velocity,
        .solver = m->solver.loaded->plugin->solver,
        .solver_options = m->solver.options,
        .control = {.n_steps = (size_t)o->steps,
                    .rtol = o->rtol,
                    .atol = o->atol,
                    .first_step = o->first_step,
                    .max_evaluations = (uint64_t)o->max_evaluations},
        .noise = {s->w->task->run->seed, FM_STREAM_SAMPLE_NOISE, 0},
        .n_threads = s->w->n_threads,
        .n = s->n,
        .x0 = s->x0,
        .x1 = s->x1,
        .nfe = s->nfe,
        .stop = s->w->stop,
    };
    s->trajectory = NULL;
    if (s->e->sample.keep_trajectory && o->steps > 0) {
        solve.n_traced = n_traced(s);
        solve.trajectory = s->trajectory =
            FM_NEW(&s->scratch, ((size_t)o->steps + 1) * solve.n_traced * s->dim, double);
        if (!s->trajectory)
            return fm_out_of_memory(err);
    }
    return fm_integrate(&solve, result, err);
}

static enum fm_status put_sampling(struct sampler *s, const struct fm_task_sampling *t,
                                   enum fm_run_status status, const char *reason,
                                   const struct fm_solve_result *result,
                                   struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_SAMPLING};
    r.u.sampling.sampling_id = t->sampling_id;
    r.u.sampling.result = (struct fm_sampling_result){
        .status = status,
        .seconds = result->seconds,
        .nfe_mean = result->nfe_mean,
        .nfe_max = result->nfe_max,
        .nfe_total = result->nfe_total,
        .n_failed_rows = result->n_failed,
    };
    FM_COPY_TEXT(r.u.sampling.text, reason);
    return fm_worker_put(s->w, &r, err);
}

static enum fm_status put_metric(struct sampler *s, const struct fm_task_sampling *t,
                                 const struct fm_task_metric *m,
                                 const struct fm_metric_task *task, struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_METRIC};
    bool is_fine = task->status == FM_OK;
    bool has_reference =
        task->metric->reference != FM_REFERENCE_SOLVE || s->references.solve;
    const char *note = has_reference ? task->error.message : s->no_reference.message;
    r.u.metric.metric = (struct fm_metric_record){
        .sampling_id = t->sampling_id,
        .metric_def_id = m->metric_def_id,
        .value = is_fine ? task->estimate.value : (double)NAN,
        .standard_error = is_fine ? task->estimate.standard_error : (double)NAN,
        .floor = floor_of(s, m->metric->metric),
        .n_used = task->estimate.n_used,
        .seconds = task->seconds,
    };
    FM_COPY_TEXT(r.u.metric.text, is_fine ? "" : note);
    return fm_worker_put(s->w, &r, err);
}

static enum fm_status measure_one(struct sampler *s, const struct fm_task_sampling *t,
                                  struct fm_error *err)
{
    struct fm_metric_task *tasks = FM_NEW(&s->scratch, t->n_metrics, struct fm_metric_task);
    if (!tasks)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < t->n_metrics; i++) {
        const struct fm_component *c = &s->e->metrics[metric_place(s, &t->metrics[i])];
        tasks[i] = (struct fm_metric_task){
            .metric = c->loaded->plugin->metric, .options = c->options, .samples = s->x1};
    }
    fm_measure(&s->references, s->w->n_threads, t->n_metrics, tasks);
    for (size_t i = 0; i < t->n_metrics; i++)
        FM_TRY(put_metric(s, t, &t->metrics[i], &tasks[i], err));
    return FM_OK;
}

static enum fm_status sample_one(struct sampler *s, const struct fm_task_sampling *t,
                                 struct fm_error *err)
{
    char text[FM_RECORD_TEXT];
    struct fm_solve_result result = {0};
    const struct fm_method *m = t->sampling->method;
    if (m->options.steps > 0)
        (void)snprintf(text, sizeof text, "sampling with %s, %lld step%s", m->label,
                       (long long)m->options.steps, m->options.steps == 1 ? "" : "s");
    else
        (void)snprintf(text, sizeof text, "sampling with %s, rtol %g", m->label,
                       m->options.rtol);
    FM_TRY(fm_worker_phase(s->w, FM_PHASE_SAMPLE, t->sampling_id, 0, text, err));
    struct fm_error why = {0};
    enum fm_status status = solve_one(s, t, &result, &why);
    if (status == FM_INTERRUPTED || status == FM_ERROR_MEMORY)
        return fm_fail(err, status, "%s while %s", why.message, text);
    if (status != FM_OK)
        return put_sampling(s, t, FM_RUN_FAILED, why.message, &result, err);
    if (result.n_failed > 0) {
        (void)snprintf(text, sizeof text, "%zu of %zu rows %s, the first at t = %.4g",
                       result.n_failed, s->n, fm_row_failure_text(result.first_failure),
                       result.first_failed_t);
        return put_sampling(s, t, FM_RUN_DIVERGED, text, &result, err);
    }
    FM_TRY(keep_files(s, t, err));
    FM_TRY(measure_one(s, t, err));
    return put_sampling(s, t, FM_RUN_DONE, "", &result, err);
}

enum fm_status fm_worker_sample(struct fm_worker *w, const struct fm_task_point *point,
                                struct fm_error *err)
{
    struct sampler s = {.w = w, .point = point};
    enum fm_status status = FM_OK;
    bool is_needed = false;
    for (size_t i = 0; i < point->n_samplings; i++)
        is_needed = is_needed || !point->samplings[i].is_over;
    if (is_needed) {
        status = fm_worker_phase(w, FM_PHASE_SAMPLE, 0, 0, "preparing references", err);
        if (status == FM_OK)
            status = sampler_init(&s, err);
    }
    for (size_t i = 0; status == FM_OK && is_needed && i < point->n_samplings; i++) {
        if (point->samplings[i].is_over)
            continue;
        if (fm_worker_must_stop(w))
            status =
                fm_fail(err, FM_INTERRUPTED, "interrupted before all samplings were done");
        else
            status = sample_one(&s, &point->samplings[i], err);
        fm_arena_fini(&s.scratch);
    }
    fm_arena_fini(&s.arena);
    return status;
}
