/* What the samplings of one point are compared with: rows of the data, end points of tight
 * solves for each time where samplings end, and what a perfect sampler scores. */
#ifndef FM_RUN_REFERENCES_H
#define FM_RUN_REFERENCES_H

#include "measure/measure.h"
#include "run/worker_report.h"

/* Of the samplings that end at one time, with one weight of guidance. */
struct fm_end {
    double guidance;
    struct fm_references references;
    struct fm_error no_solve, no_exact; /* why one is missing, where it is */
    struct fm_metric_task *floors; /* [n_metrics], by the metric's place in the experiment;
                                    * those without samples were not measured */
};

struct fm_point_references {
    struct fm_worker *w;
    const struct fm_task_point *point;
    const struct fm_experiment *e;
    struct fm_arena *arena;
    size_t n, dim;
    const double *x0;       /* [n][dim] */
    const uint32_t *labels; /* [n]: of the samples; NULL: the network asks for none */
    const double *data;     /* [n][dim], or NULL: no metric asks for it */
    const double *floor;
    size_t n_ends;
    struct fm_end *ends;
    struct fm_metric_task
        *model; /* [n_metrics], by the metric's place in the experiment: those
                                   * of log-densities, measured once */
};

/* Makes all that the point's samplings and metrics need; in r->arena, with w, point, arena, n,
 * dim, x0 and labels set.  A reference that can't be had is no failure: its metrics have no value.
 * FM_INTERRUPTED, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_point_references(struct fm_point_references *r,
                                               struct fm_error *err);

/* The data rows, made where they are missing: for pictures. */
FM_MUST_USE enum fm_status fm_point_data(struct fm_point_references *r, const double **data,
                                         struct fm_error *err);

/* What samplings that end at t_end, with that weight of guidance, are compared with. */
const struct fm_end *fm_point_end(const struct fm_point_references *r, double t_end,
                                  double guidance);

/* What a perfect sampler scores by metric number `place`; NaN when unknown. */
double fm_end_floor(const struct fm_end *end, const struct fm_experiment *e, size_t place);

/* Why metric number `place` can't be measured; NULL when it can. */
const char *fm_end_lacks(const struct fm_end *end, const struct fm_metric_ops *metric);

#endif
