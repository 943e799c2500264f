#include <config.h>

#include "measure/measure.h"

#include "base/parallel.h"
#include "base/stream.h"
#include "host/data.h"

#include <stdbool.h>

static bool asks(const struct fm_metric_ops *metric, enum fm_metric_reference reference)
{
    return (metric->references & (unsigned)reference) != 0;
}

const double *fm_floor_samples(const struct fm_references *r,
                               const struct fm_metric_ops *metric, double *divisor)
{
    *divisor = 1;
    if (metric->references == FM_REFERENCE_DATA)
        return r->floor;
    if (metric->references == FM_REFERENCE_SOLVE) {
        *divisor = 9;
        return r->looser;
    }
    if (metric->references == FM_REFERENCE_EXACT) {
        *divisor = 9;
        return r->looser_exact;
    }
    return NULL;
}

struct job {
    const struct fm_references *references;
    struct fm_metric_task *tasks;
};

static void measure_one(void *context, size_t item, size_t thread)
{
    const struct job *job = context;
    const struct fm_references *r = job->references;
    struct fm_metric_task *task = &job->tasks[item];
    (void)thread;
    const struct fm_metric_ops *metric = task->metric;
    struct fm_measurement m = {
        .n = r->n,
        .dim = r->dim,
        .t_end = r->t_end,
        .x0 = r->x0,
        .samples = task->samples,
        .data = asks(metric, FM_REFERENCE_DATA) ? r->data : NULL,
        .solve = asks(metric, FM_REFERENCE_SOLVE) ? r->solve : NULL,
        .exact = asks(metric, FM_REFERENCE_EXACT) ? r->exact : NULL,
        .noise = {r->seed, FM_STREAM_METRIC, 0},
    };
    if ((asks(metric, FM_REFERENCE_DATA) && !m.data)
        || (asks(metric, FM_REFERENCE_SOLVE) && !m.solve)
        || (asks(metric, FM_REFERENCE_EXACT) && !m.exact)) {
        task->status =
            fm_fail(&task->error, FM_ERROR_INTERNAL, "a metric lacks its reference");
        return;
    }
    struct fm_arena arena = {0};
    struct fm_services services = fm_services_make(&arena);
    double start = fm_seconds();
    task->status =
        metric->measure(task->options, &services, &m, &task->estimate, &task->error);
    task->seconds = fm_seconds() - start;
    fm_arena_fini(&arena);
}

void fm_measure(const struct fm_references *references, size_t n_threads, size_t n_tasks,
                struct fm_metric_task *tasks)
{
    struct job job = {references, tasks};
    fm_parallel_for(n_threads, n_tasks, measure_one, &job);
}
