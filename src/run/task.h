/* A task: what is left of one run.  prepare.c makes it from the plan and the database; a
 * worker does it. */
#ifndef FM_RUN_TASK_H
#define FM_RUN_TASK_H

#include "plan/plan.h"

struct fm_task_metric {
    const struct fm_plan_metric *metric;
    int64_t metric_def_id;
};

/* What one point needs from one sampling.  Points may share a sampling: the first entry
 * samples it, the others sample it again, with the same bits, for other metrics.
 *     must_sample, !is_over   to be sampled, then measured
 *     !must_sample, !is_over  only to be measured: the database has the sampling
 *     is_over                 nothing is left, or it was given up */
struct fm_task_sampling {
    const struct fm_plan_sampling *sampling;
    int64_t sampling_id;
    bool must_sample, is_over;
    size_t n_metrics;
    struct fm_task_metric *metrics;
};

/* The samplings of a run that one point of the sweep asks for. */
struct fm_task_point {
    const struct fm_point *point;
    size_t n_samplings;
    struct fm_task_sampling *samplings;
};

struct fm_task {
    const struct fm_plan_run *run;
    int64_t run_id;
    const char *folder;        /* of the run's files */
    const char *parent_folder; /* of its parent's run, or NULL */
    const char *db_folder;     /* of the database: artifacts' paths are relative to it */
    size_t n_points;
    struct fm_task_point *points;
    bool is_done;       /* nothing is left */
    size_t n_samplings; /* left */
};

#endif
