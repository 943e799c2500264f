#include <config.h>

#include "measure/measure.h"

#include "base/parallel.h"
#include "base/stream.h"
#include "host/data.h"
#include "host/metric.h"

#include <stdbool.h>

const double *fm_floor_samples(const struct fm_references *r,
                               const struct fm_metric_ops *metric, double *divisor)
{
    *divisor = 1;
    if (metric->references == FM_REFERENCE_DATA)
        return r->floor;
    if (metric->references == FM_REFERENCE_SOLVE) {
        *divisor = FM_LOOSER_FACTOR - 1;
        return r->looser;
    }
    if (metric->references == FM_REFERENCE_EXACT) {
        *divisor = FM_LOOSER_FACTOR - 1;
        return r->looser_exact;
    }
    return NULL;
}

/* ---- densities ---- */

/* The context of a measurement with log_density. */
struct density {
    const struct fm_references *references;
    struct fm_arena *arena; /* of the metric's call */
};

static enum fm_status log_density(const struct fm_measurement *m,
                                  const struct fm_density_request *request,
                                  struct fm_density_answer *answer, struct fm_error *err)
{
    const struct density *d = m->context;
    const struct fm_references *r = d->references;
    return r->log_density(r->likelihood, d->arena, request, answer, err);
}

/* ---- one metric ---- */

static bool has_references(const struct fm_references *r, const struct fm_metric_task *task)
{
    const struct fm_metric_ops *metric = task->metric;
    if (fm_metric_needs(metric, FM_REFERENCE_ENERGY) && !task->path_energy)
        return false;
    if (fm_metric_needs(metric, FM_REFERENCE_DENSITY) && (!r->log_density || !r->data))
        return false;
    return (!fm_metric_needs(metric, FM_REFERENCE_DATA) || r->data)
           && (!fm_metric_needs(metric, FM_REFERENCE_SOLVE) || r->solve)
           && (!fm_metric_needs(metric, FM_REFERENCE_EXACT) || r->exact);
}

static void measure_task(const struct fm_references *r, struct fm_metric_task *task)
{
    const struct fm_metric_ops *metric = task->metric;
    const bool is_density = fm_metric_needs(metric, FM_REFERENCE_DENSITY);
    struct fm_arena arena = {0};
    struct density density = {r, &arena};
    if (!has_references(r, task)) {
        task->status = fm_fail(&task->error, FM_ERROR_INTERNAL,
                               "a reference of the metric is missing");
        return;
    }
    const struct fm_measurement m = {
        .n = r->n,
        .dim = r->dim,
        .t_end = is_density ? 1 : r->t_end,
        .x0 = r->x0,
        .samples = is_density ? NULL : task->samples,
        .data = is_density || fm_metric_needs(metric, FM_REFERENCE_DATA) ? r->data : NULL,
        .solve = fm_metric_needs(metric, FM_REFERENCE_SOLVE) ? r->solve : NULL,
        .exact = fm_metric_needs(metric, FM_REFERENCE_EXACT) ? r->exact : NULL,
        .fresh = fm_metric_needs(metric, FM_REFERENCE_DATA) ? r->floor : NULL,
        .path_energy =
            fm_metric_needs(metric, FM_REFERENCE_ENERGY) ? task->path_energy : NULL,
        .noise = {r->seed, FM_STREAM_METRIC, 0},
        .log_density = is_density ? log_density : NULL,
        .context = is_density ? &density : NULL,
    };
    const struct fm_services services = fm_services_make(&arena);
    double start = fm_seconds();
    task->status =
        metric->measure(task->options, &services, &m, &task->estimate, &task->error);
    task->seconds = fm_seconds() - start;
    fm_arena_fini(&arena);
}

/* ---- all of them ---- */

struct measuring {
    const struct fm_references *references;
    struct fm_metric_task *tasks;
};

static void measure_one(void *context, size_t item, size_t thread)
{
    const struct measuring *all = context;
    (void)thread;
    if (!fm_metric_needs(all->tasks[item].metric, FM_REFERENCE_DENSITY))
        measure_task(all->references, &all->tasks[item]);
}

void fm_measure(const struct fm_references *references, size_t n_threads, size_t n_tasks,
                struct fm_metric_task *tasks)
{
    struct measuring all = {references, tasks};
    for (size_t i = 0; i < n_tasks; i++)
        if (fm_metric_needs(tasks[i].metric, FM_REFERENCE_DENSITY))
            measure_task(references, &tasks[i]);
    fm_parallel_for(n_threads, n_tasks, measure_one, &all);
}
