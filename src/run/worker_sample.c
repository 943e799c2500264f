#include <config.h>

#include "run/worker_sample.h"

#include "base/error.h"
#include "base/stream.h"
#include "host/metric.h"
#include "run/histogram.h"
#include "run/model_labels.h"
#include "run/picture.h"
#include "run/references.h"
#include "run/solve_settings.h"
#include "store/image.h"
#include "store/npy.h"

#include <math.h>
#include <string.h>

/* The samplings of one point. */
struct sampler {
    struct fm_worker *w;
    const struct fm_task_point *point;
    const struct fm_experiment *e;
    struct fm_arena arena;   /* for the point */
    struct fm_arena scratch; /* for one sampling */
    size_t n, dim;
    double *x0, *x1;        /* [n][dim] */
    uint32_t *labels;       /* [n]; NULL: the network takes none */
    uint64_t *nfe;          /* [n] */
    double *path_energy;    /* [n]; NULL: no metric needs it */
    double *trajectory;     /* [n_steps + 1][n_traced][dim], of the current sampling */
    unsigned char *failure; /* [n]: enum fm_row_failure */
    struct fm_point_references references;
};

static size_t metric_place(const struct sampler *s, const struct fm_task_metric *m)
{
    return (size_t)(m->metric->metric - s->e->metrics);
}

static enum fm_status sampler_init(struct sampler *s, struct fm_error *err)
{
    s->e = &s->point->point->experiment;
    s->n = (size_t)s->e->sample.count;
    s->dim = s->w->model.dim;
    fm_model_set_point(&s->w->model, s->e);
    s->x0 = FM_NEW(&s->arena, s->n * s->dim, double);
    s->x1 = FM_NEW(&s->arena, s->n * s->dim, double);
    s->nfe = FM_NEW(&s->arena, s->n, uint64_t);
    s->failure = FM_NEW(&s->arena, s->n, unsigned char);
    const bool needs_energy = fm_experiment_needs(s->e, FM_REFERENCE_ENERGY);
    s->path_energy = needs_energy ? FM_NEW(&s->arena, s->n, double) : NULL;
    if (!s->x0 || !s->x1 || !s->nfe || !s->failure || (needs_energy && !s->path_energy))
        return fm_out_of_memory(err);
    fm_data_rows(&s->w->model.source,
                 (struct fm_stream){s->w->task->run->seed, FM_STREAM_SAMPLE_SOURCE, 0},
                 s->n, 0, s->n, s->x0);
    if (fm_model_has_labels(&s->w->model)) {
        s->labels = FM_NEW(&s->arena, s->n, uint32_t);
        if (!s->labels)
            return fm_out_of_memory(err);
        fm_model_sample_labels(&s->w->model, &s->e->sample, s->w->task->run->seed, s->n,
                               s->labels);
    }
    s->references = (struct fm_point_references){.w = s->w,
                                                 .point = s->point,
                                                 .arena = &s->arena,
                                                 .n = s->n,
                                                 .dim = s->dim,
                                                 .x0 = s->x0,
                                                 .labels = s->labels};
    return fm_point_references(&s->references, err);
}

/* ---- files ---- */

/* "rk4-8-x1-0123456789ab.npy": solver, steps or tolerance, kind, and the sampling's key. */
static void name_file(const struct fm_task_sampling *t, const char *kind,
                      const char *suffix, char *name, size_t n)
{
    const struct fm_method *m = t->sampling->method;
    char control[40];
    if (m->options.steps > 0)
        (void)snprintf(control, sizeof control, "%lld", (long long)m->options.steps);
    else
        (void)snprintf(control, sizeof control, "rtol%g", m->options.rtol);
    (void)snprintf(name, n, "%s-%s-%s-%.12s.%s", m->solver.loaded->plugin->name, control,
                   kind, t->sampling->key, suffix);
}

static enum fm_status keep_file(struct sampler *s, const struct fm_task_sampling *t,
                                const char *kind, const struct fm_npy *array,
                                struct fm_error *err)
{
    char name[256], *path;
    name_file(t, kind, "npy", name, sizeof name);
    FM_TRY(fm_worker_path(s->w, name, &path, err));
    FM_TRY(fm_npy_write(path, array, err));
    return fm_worker_artifact(s->w, t->sampling_id, kind, path, path, err);
}

/* For images, a grid of samples; in the plane, a histogram of the data next to one of the
 * samples. */
static enum fm_status keep_picture(struct sampler *s, const struct fm_task_sampling *t,
                                   struct fm_error *err)
{
    const struct fm_dataset *set = &s->w->model.data.set;
    size_t n = (size_t)s->e->sample.images < s->n ? (size_t)s->e->sample.images : s->n;
    bool is_plane = s->dim == 2;
    if (n == 0 || (set->channels == 0 && !is_plane))
        return FM_OK;
    const double *data = NULL;
    if (is_plane)
        FM_TRY(fm_point_data(&s->references, &data, err));
    double *images = is_plane ? fm_picture_densities(&s->scratch, s->n, data, s->x1)
                              : fm_picture_planes(&s->scratch, set, n, s->x1);
    char name[256], *path;
    name_file(t, "image", "png", name, sizeof name);
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

/* Keeps the rows of a failed sampling that finished; the others become NaN. */
static enum fm_status keep_finished(struct sampler *s, const struct fm_task_sampling *t,
                                    struct fm_error *err)
{
    const struct fm_npy rows = {
        .type = FM_NPY_F64, .n_dims = 2, .shape = {s->n, s->dim}, .data = s->x1};
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; s->failure[i] != FM_ROW_FINE && j < s->dim; j++)
            s->x1[i * s->dim + j] = (double)NAN;
    return s->e->sample.keep_x1 ? keep_file(s, t, "x1", &rows, err) : FM_OK;
}

/* ---- one sampling ---- */

static enum fm_status solve_one(struct sampler *s, const struct fm_task_sampling *t,
                                struct fm_solve_result *result, struct fm_error *err)
{
    const struct fm_method *m = t->sampling->method;
    const struct fm_method_options *o = &m->options;
    const struct fm_guidance guidance =
        fm_model_guidance(&s->w->model, s->labels, o->guidance);
    const struct fm_velocity velocity =
        fm_velocity_guided(&s->w->model.velocity, &guidance);
    struct fm_solve solve = {
        .velocity = &velocity,
        .solver = &m->ready,
        .problem = &s->w->model.sampled,
        .control = fm_method_control(m),
        .noise = {s->w->task->run->seed, FM_STREAM_SAMPLE_NOISE, 0},
        .n_threads = s->w->n_threads,
        .n = s->n,
        .x0 = s->x0,
        .x1 = s->x1,
        .nfe = s->nfe,
        .path_energy = s->path_energy,
        .failure = s->failure,
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

static enum fm_status put_sampling(struct sampler *s, struct fm_entry entry,
                                   enum fm_run_status status, const char *reason,
                                   const struct fm_solve_result *result,
                                   struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_SAMPLING};
    bool has_solved = status != FM_RUN_FAILED;
    r.u.sampling.entry = entry;
    r.u.sampling.result = (struct fm_sampling_result){
        .status = status,
        .seconds = has_solved ? result->seconds : (double)NAN,
        .nfe_mean = has_solved ? result->nfe_mean : (double)NAN,
        .nfe_min = result->nfe_min,
        .nfe_max = result->nfe_max,
        .nfe_total = result->nfe_total,
        .n_failed_rows = result->n_failed,
    };
    if (has_solved)
        FM_TRY(fm_nfe_histogram(s->n, s->nfe, &r.u.sampling.result, err));
    FM_COPY_TEXT(r.u.sampling.text, reason);
    return fm_worker_put(s->w, &r, err);
}

/* missing: why it was not measured; NULL: it was. */
static enum fm_status put_metric(struct sampler *s, const struct fm_task_sampling *t,
                                 const struct fm_task_metric *m,
                                 const struct fm_end_references *end,
                                 const struct fm_metric_task *task, const char *missing,
                                 struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_METRIC};
    const struct fm_estimate *e = &task->estimate;
    bool is_fine = !missing && task->status == FM_OK;
    r.u.metric.metric = (struct fm_metric_record){
        .sampling_id = t->sampling_id,
        .metric_def_id = m->metric_def_id,
        .value = is_fine ? e->value : (double)NAN,
        .standard_error = is_fine ? e->standard_error : (double)NAN,
        .floor = is_fine && e->has_floor ? e->floor
                                         : fm_end_floor(end, s->e, metric_place(s, m)),
        .n_used = e->n_used,
        .seconds = task->seconds,
        .nfe = e->nfe,
        .njvp = e->njvp,
    };
    FM_COPY_TEXT(r.u.metric.text, is_fine ? "" : missing ? missing : task->error.message);
    return fm_worker_put(s->w, &r, err);
}

/* The result of a metric that is not measured on samples: of the model, once for all
 * samplings, or without its reference.  NULL: it is to be measured on samples. */
static const struct fm_metric_task *
known_task(const struct sampler *s, const struct fm_task_metric *m, const char *missing)
{
    static const struct fm_metric_task none;
    const struct fm_metric_ops *metric = m->metric->metric->loaded->plugin->metric;
    if (missing)
        return &none;
    return fm_metric_needs(metric, FM_REFERENCE_DENSITY)
               ? &s->references.model[metric_place(s, m)]
               : NULL;
}

static enum fm_status measure_one(struct sampler *s, const struct fm_task_sampling *t,
                                  struct fm_error *err)
{
    const struct fm_method_options *o = &t->sampling->method->options;
    const struct fm_end_references *end =
        fm_point_end_references(&s->references, o->t_end, o->guidance);
    struct fm_metric_task *tasks = FM_NEW(&s->scratch, t->n_metrics, struct fm_metric_task);
    const char **missing = FM_NEW(&s->scratch, t->n_metrics, const char *);
    size_t n = 0;
    if (!tasks || !missing)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < t->n_metrics; i++) {
        const struct fm_component *c = &s->e->metrics[metric_place(s, &t->metrics[i])];
        const struct fm_metric_ops *metric = c->loaded->plugin->metric;
        missing[i] = fm_end_missing(end, metric);
        if (!missing[i] && fm_metric_needs(metric, FM_REFERENCE_ENERGY)
            && isnan(s->path_energy[0]))
            missing[i] = "path energy needs the solver's steps, but this solver has a loop "
                         "of its own";
        if (!known_task(s, &t->metrics[i], missing[i]))
            tasks[n++] = (struct fm_metric_task){.metric = metric,
                                                 .options = c->options,
                                                 .samples = s->x1,
                                                 .path_energy = s->path_energy};
    }
    fm_measure(&end->references, s->w->n_threads, n, tasks);
    n = 0;
    for (size_t i = 0; i < t->n_metrics; i++) {
        const struct fm_metric_task *task = known_task(s, &t->metrics[i], missing[i]);
        if (!task)
            task = &tasks[n++];
        if (task->status
            == FM_ERROR_MEMORY) /* this says nothing about the samples: try again later */
            return fm_fail(err, FM_ERROR_MEMORY, "%s", task->error.message);
        FM_TRY(put_metric(s, t, &t->metrics[i], end, task, missing[i], err));
    }
    return FM_OK;
}

static void describe(const struct fm_method *m, const char *verb, char *text, size_t n)
{
    if (m->options.steps > 0)
        (void)snprintf(text, n, "%s with %s, %lld step%s", verb, m->label,
                       (long long)m->options.steps, m->options.steps == 1 ? "" : "s");
    else
        (void)snprintf(text, n, "%s with %s, rtol %g", verb, m->label, m->options.rtol);
}

/* Samples the entry, and reports the sampling unless that was done before.  *is_fine: there
 * are samples to measure. */
static enum fm_status solve_entry(struct sampler *s, const struct fm_task_sampling *t,
                                  struct fm_entry entry, bool *is_fine,
                                  struct fm_error *err)
{
    char text[FM_RECORD_TEXT];
    struct fm_solve_result result = {0};
    struct fm_error why = {0};
    describe(t->sampling->method, t->must_sample ? "sampling" : "sampling again", text,
             sizeof text);
    FM_TRY(fm_worker_phase(s->w, t->must_sample ? FM_PHASE_SAMPLE : FM_PHASE_MEASURE,
                           &entry, 0, text, err));
    enum fm_status status = solve_one(s, t, &result, &why);
    if (status == FM_INTERRUPTED || status == FM_ERROR_MEMORY)
        return fm_fail(err, status, "%s while %s", why.message, text);
    *is_fine = status == FM_OK && result.n_failed == 0;
    if (!t->must_sample)
        return FM_OK;
    if (!*is_fine)
        FM_TRY(keep_finished(s, t, err));
    if (status != FM_OK)
        return put_sampling(s, entry, FM_RUN_FAILED, why.message, &result, err);
    if (result.n_failed > 0) {
        (void)snprintf(text, sizeof text, "%zu of %zu rows %s, the first at t = %.4g",
                       result.n_failed, s->n, fm_row_failure_text(result.first_failure),
                       result.first_failed_t);
        return put_sampling(s, entry, FM_RUN_DIVERGED, text, &result, err);
    }
    FM_TRY(keep_files(s, t, err));
    return put_sampling(s, entry, FM_RUN_DONE, "", &result, err);
}

static enum fm_status sample_one(struct sampler *s, const struct fm_task_sampling *t,
                                 struct fm_entry entry, struct fm_error *err)
{
    char text[FM_RECORD_TEXT];
    bool is_fine = false;
    FM_TRY(solve_entry(s, t, entry, &is_fine, err));
    if (is_fine && t->n_metrics > 0) {
        describe(t->sampling->method, "measuring samples", text, sizeof text);
        FM_TRY(fm_worker_phase(s->w, FM_PHASE_MEASURE, &entry, 0, text, err));
        FM_TRY(measure_one(s, t, err));
    }
    struct fm_record r = {.type = FM_RECORD_MEASURED, .u.measured.entry = entry};
    return fm_worker_put(s->w, &r, err);
}

enum fm_status fm_worker_sample(struct fm_worker *w, size_t point_index,
                                struct fm_error *err)
{
    const struct fm_task_point *point = &w->task->points[point_index];
    struct sampler s = {.w = w, .point = point};
    enum fm_status status = FM_OK;
    bool is_needed = false;
    for (size_t i = 0; i < point->n_samplings; i++)
        is_needed = is_needed || !point->samplings[i].is_over;
    if (!is_needed)
        return FM_OK;
    status = fm_worker_phase(w, FM_PHASE_REFERENCE, NULL, 0, "preparing references", err);
    if (status == FM_OK)
        status = sampler_init(&s, err);
    for (size_t i = 0; status == FM_OK && i < point->n_samplings; i++) {
        if (point->samplings[i].is_over)
            continue;
        if (fm_worker_must_stop(w))
            status =
                fm_fail(err, FM_INTERRUPTED, "interrupted before all samplings were done");
        else
            status = sample_one(&s, &point->samplings[i], (struct fm_entry){point_index, i},
                                err);
        fm_arena_fini(&s.scratch);
    }
    fm_arena_fini(&s.arena);
    return status;
}
