/* The worker's sampling: the same x0 for every solver, then the metrics. */
#ifndef FM_RUN_WORKER_SAMPLE_H
#define FM_RUN_WORKER_SAMPLE_H

#include "run/worker_report.h"

/* Does the samplings and metrics that are left of the task's point of that index. */
FM_MUST_USE enum fm_status fm_worker_sample(struct fm_worker *w, size_t point,
                                            struct fm_error *err);

#endif
