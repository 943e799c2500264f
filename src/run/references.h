/* The references of the samplings of one point: rows of the data, and for each time where
 * samplings end, end points of tight solves and floors. */
#ifndef FM_RUN_REFERENCES_H
#define FM_RUN_REFERENCES_H

#include "measure/measure.h"
#include "run/worker_report.h"

/* The references of samplings that end at one time with one weight of guidance. */
struct fm_end_references {
    double guidance;
    struct fm_references references;
    struct fm_error solve_error, exact_error; /* why it is missing */
    /* [n_metrics], by the metric's place in the experiment; without samples: not
     * measured */
    struct fm_metric_task *floors;
};

struct fm_point_references {
    struct fm_worker *w;
    const struct fm_task_point *point;
    const struct fm_experiment *e;
    struct fm_arena *arena;
    size_t n, dim;
    const double *x0;       /* [n][dim] */
    const uint32_t *labels; /* [n]: of the samples; NULL: no labels */
    const double *data;     /* [n][dim]; NULL: no metric needs it */
    const double *floor;
    size_t n_ends;
    struct fm_end_references *ends;
    /* [n_metrics], by the metric's place in the experiment: metrics of log-densities,
     * which are measured once */
    struct fm_metric_task *model;
};

/* Makes the references that the point's samplings and metrics need.  The caller has set
 * w, point, arena, n, dim, x0 and labels; memory comes from r->arena.  If a reference
 * solve fails, its metrics have no value, which is no error.  FM_INTERRUPTED,
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_point_references(struct fm_point_references *r,
                                               struct fm_error *err);

/* The data rows, which are drawn if they are not there yet; pictures show them. */
FM_MUST_USE enum fm_status fm_point_data(struct fm_point_references *r, const double **data,
                                         struct fm_error *err);

/* The references of samplings that end at t_end with that weight of guidance. */
const struct fm_end_references *fm_point_end_references(const struct fm_point_references *r,
                                                        double t_end, double guidance);

/* The floor of metric number `place`: what a perfect sampler scores.  NaN: unknown. */
double fm_end_floor(const struct fm_end_references *end, const struct fm_experiment *e,
                    size_t place);

/* Why the metric can't be measured: the error of its reference solve; NULL: it can. */
const char *fm_end_missing(const struct fm_end_references *end,
                           const struct fm_metric_ops *metric);

#endif
