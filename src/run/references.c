#include <config.h>

#include "run/references.h"

#include "base/error.h"
#include "base/log.h"
#include "base/stream.h"
#include "host/metric.h"
#include "run/model_labels.h"
#include "run/solve_settings.h"

#include <math.h>

/* Whether a metric that is still to be measured needs the reference. */
static bool needs(const struct fm_point_references *r, enum fm_metric_reference reference)
{
    for (size_t i = 0; i < r->point->n_samplings; i++)
        for (size_t j = 0; j < r->point->samplings[i].n_metrics; j++)
            if (fm_metric_needs(r->point->samplings[i]
                                    .metrics[j]
                                    .metric->metric->loaded->plugin->metric,
                                reference))
                return true;
    return false;
}

/* ---- data ---- */

/* Draws rows first .. first + n - 1 of the stream of references. */
static enum fm_status data_rows(const struct fm_point_references *r,
                                const struct fm_data *from, size_t first,
                                const double **rows, struct fm_error *err)
{
    double *x = FM_NEW(r->arena, r->n * r->dim, double);
    if (!x)
        return fm_out_of_memory(err);
    fm_data_rows(from, (struct fm_stream){r->w->task->run->seed, FM_STREAM_REFERENCE, 0},
                 r->n, first, r->n, x);
    *rows = x;
    return FM_OK;
}

/* The labels of the rows of fm_point_data; NULL: no labels. */
static enum fm_status data_labels(const struct fm_point_references *r,
                                  const uint32_t **labels, struct fm_error *err)
{
    *labels = NULL;
    if (!fm_model_has_labels(&r->w->model))
        return FM_OK;
    uint32_t *y = FM_NEW(r->arena, r->n, uint32_t);
    if (!y)
        return fm_out_of_memory(err);
    fm_data_labels(&r->w->model.test,
                   (struct fm_stream){r->w->task->run->seed, FM_STREAM_REFERENCE, 0}, r->n,
                   0, r->n, y);
    *labels = y;
    return FM_OK;
}

enum fm_status fm_point_data(struct fm_point_references *r, const double **data,
                             struct fm_error *err)
{
    if (!r->data)
        FM_TRY(data_rows(r, &r->w->model.test, 0, &r->data, err));
    *data = r->data;
    return FM_OK;
}

static enum fm_status make_data(struct fm_point_references *r, struct fm_error *err)
{
    /* a generated set has fresh rows for the floor whatever split.test is */
    const struct fm_data *all = &r->w->model.data;
    const struct fm_data *from = all->ops->draw ? all : &r->w->model.test;
    const size_t n_rows = fm_data_n_rows(from);
    const double *unused;
    FM_TRY(fm_point_data(r, &unused, err));
    if (n_rows == 0 || n_rows / 2 >= r->n) /* else data and floor would share rows */
        FM_TRY(data_rows(r, from, r->n, &r->floor, err));
    return FM_OK;
}

/* ---- solves ---- */

static enum fm_status solve(const struct fm_point_references *r,
                            const struct fm_velocity *velocity, double factor, double t_end,
                            const double **x1, struct fm_error *err)
{
    struct fm_solve_result result;
    double *end = FM_NEW(r->arena, r->n * r->dim, double);
    uint64_t *nfe = FM_NEW(r->arena, r->n, uint64_t);
    if (!end || !nfe)
        return fm_out_of_memory(err);
    const struct fm_solve solve = {
        .velocity = velocity,
        .solver = &r->e->reference_ready,
        .control = fm_reference_control(&r->e->reference, factor, t_end),
        .n_threads = r->w->n_threads,
        .n = r->n,
        .x0 = r->x0,
        .x1 = end,
        .nfe = nfe,
        .stop = r->w->stop,
    };
    FM_TRY(fm_integrate(&solve, &result, err));
    if (result.n_failed > 0)
        return fm_fail(err, FM_ERROR_DIVERGED,
                       "the reference solve failed: %zu of %zu rows %s; a larger "
                       "sample.reference.rtol may help",
                       result.n_failed, r->n, fm_row_failure_text(result.first_failure));
    fm_log(FM_LOG_SAMPLE, "reference solve to %g: %.1f evaluations a row, %.2f s", t_end,
           result.nfe_mean, result.seconds);
    *x1 = end;
    return FM_OK;
}

/* The tight solve and the looser one.  If one fails, both are NULL and *why says so:
 * metrics that need them have no value, the others go on. */
static enum fm_status solve_twice(const struct fm_point_references *r,
                                  const struct fm_velocity *velocity, double t_end,
                                  const double **tight, const double **looser,
                                  struct fm_error *why, struct fm_error *err)
{
    const double *x1[2] = {NULL, NULL};
    enum fm_status status = solve(r, velocity, 1, t_end, &x1[0], why);
    if (status == FM_OK)
        status = solve(r, velocity, FM_LOOSER_FACTOR, t_end, &x1[1], why);
    if (status == FM_INTERRUPTED || status == FM_ERROR_MEMORY)
        return fm_fail(err, status, "%s", why->message);
    *tight = status == FM_OK ? x1[0] : NULL;
    *looser = status == FM_OK ? x1[1] : NULL;
    return FM_OK;
}

/* ---- floors ---- */

/* Measures the floors.  Floors against data are the same at all ends: *first has them. */
static enum fm_status measure_floors(const struct fm_point_references *r,
                                     struct fm_end_references *end,
                                     const struct fm_end_references *first,
                                     struct fm_error *err)
{
    const size_t n_metrics = r->e->n_metrics;
    struct fm_metric_task *tasks = FM_NEW(r->arena, n_metrics, struct fm_metric_task);
    size_t *place = FM_NEW(r->arena, n_metrics, size_t), n = 0;
    end->floors = FM_NEW(r->arena, n_metrics, struct fm_metric_task);
    if (!tasks || !place || !end->floors)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n_metrics; i++) {
        const struct fm_component *c = &r->e->metrics[i];
        const struct fm_metric_ops *metric = c->loaded->plugin->metric;
        double divisor;
        const double *samples = fm_floor_samples(&end->references, metric, &divisor);
        if (first && metric->references == FM_REFERENCE_DATA) {
            end->floors[i] = first->floors[i];
        } else if (samples) {
            place[n] = i;
            tasks[n++] = (struct fm_metric_task){
                .metric = metric, .options = c->options, .samples = samples};
        }
    }
    fm_measure(&end->references, r->w->n_threads, n, tasks);
    for (size_t k = 0; k < n; k++)
        end->floors[place[k]] = tasks[k];
    return FM_OK;
}

double fm_end_floor(const struct fm_end_references *end, const struct fm_experiment *e,
                    size_t place)
{
    const struct fm_metric_task *floor = &end->floors[place];
    double divisor;
    (void)fm_floor_samples(&end->references, e->metrics[place].loaded->plugin->metric,
                           &divisor);
    return floor->samples && floor->status == FM_OK ? floor->estimate.value / divisor
                                                    : (double)NAN;
}

const char *fm_end_missing(const struct fm_end_references *end,
                           const struct fm_metric_ops *metric)
{
    if (fm_metric_needs(metric, FM_REFERENCE_SOLVE) && !end->references.solve)
        return end->solve_error.message;
    if (fm_metric_needs(metric, FM_REFERENCE_EXACT) && !end->references.exact)
        return end->exact_error.message;
    return NULL;
}

/* ---- log-densities ---- */

static enum fm_status measure_model(struct fm_point_references *r, struct fm_error *err)
{
    struct fm_likelihood likelihood = fm_model_likelihood(
        &r->w->model, r->e, r->w->task->run->seed, r->w->n_threads, r->w->stop);
    FM_TRY(data_labels(r, &likelihood.guidance.labels, err));
    likelihood.n_labels = r->n;
    const struct fm_references references = {
        .n = r->n,
        .dim = r->dim,
        .seed = r->w->task->run->seed,
        .t_end = 1,
        .x0 = r->x0,
        .data = r->data,
        .log_density = fm_log_density,
        .likelihood = &likelihood,
    };
    r->model = FM_NEW(r->arena, r->e->n_metrics, struct fm_metric_task);
    if (!r->model)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < r->e->n_metrics; i++) {
        struct fm_metric_task *task = &r->model[i];
        *task = (struct fm_metric_task){.metric = r->e->metrics[i].loaded->plugin->metric,
                                        .options = r->e->metrics[i].options};
        if (fm_metric_needs(task->metric, FM_REFERENCE_DENSITY))
            fm_measure(&references, r->w->n_threads, 1, task);
        if (task->status == FM_INTERRUPTED || task->status == FM_ERROR_MEMORY)
            return fm_fail(err, task->status, "%s", task->error.message);
    }
    return FM_OK;
}

/* ---- all references of a point ---- */

static enum fm_status make_end(struct fm_point_references *r, double t_end, double guidance,
                               struct fm_error *err)
{
    const struct fm_model *model = &r->w->model;
    const struct fm_guidance guide = fm_model_guidance(model, r->labels, guidance);
    const struct fm_velocity velocity = fm_velocity_guided(&model->velocity, &guide);
    const struct fm_velocity exact = fm_velocity_guided(&model->exact, &guide);
    struct fm_end_references *end = &r->ends[r->n_ends];
    struct fm_references *to = &end->references;
    end->guidance = guidance;
    *to = (struct fm_references){
        .n = r->n,
        .dim = r->dim,
        .seed = r->w->task->run->seed,
        .t_end = t_end,
        .x0 = r->x0,
        .data = r->data,
        .floor = r->floor,
    };
    if (needs(r, FM_REFERENCE_SOLVE))
        FM_TRY(solve_twice(r, &velocity, t_end, &to->solve, &to->looser, &end->solve_error,
                           err));
    if (needs(r, FM_REFERENCE_EXACT))
        FM_TRY(solve_twice(r, &exact, t_end, &to->exact, &to->looser_exact,
                           &end->exact_error, err));
    FM_TRY(measure_floors(r, end, r->n_ends > 0 ? &r->ends[0] : NULL, err));
    r->n_ends++;
    return FM_OK;
}

const struct fm_end_references *fm_point_end_references(const struct fm_point_references *r,
                                                        double t_end, double guidance)
{
    for (size_t i = 0; i < r->n_ends; i++)
        if (r->ends[i].references.t_end == t_end && r->ends[i].guidance == guidance)
            return &r->ends[i];
    return NULL;
}

enum fm_status fm_point_references(struct fm_point_references *r, struct fm_error *err)
{
    r->e = &r->point->point->experiment;
    if (needs(r, FM_REFERENCE_DATA) || needs(r, FM_REFERENCE_DENSITY))
        FM_TRY(make_data(r, err));
    if (needs(r, FM_REFERENCE_DENSITY))
        FM_TRY(measure_model(r, err));
    r->ends = FM_NEW(r->arena, r->point->n_samplings, struct fm_end_references);
    if (!r->ends)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < r->point->n_samplings; i++) {
        const struct fm_task_sampling *t = &r->point->samplings[i];
        const struct fm_method_options *o = &t->sampling->method->options;
        if (!t->is_over && !fm_point_end_references(r, o->t_end, o->guidance))
            FM_TRY(make_end(r, o->t_end, o->guidance, err));
    }
    return FM_OK;
}
