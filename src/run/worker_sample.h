/* The worker's sampling: the same x0 for every solver, then the metrics. */
#ifndef FM_RUN_WORKER_SAMPLE_H
#define FM_RUN_WORKER_SAMPLE_H

#include "run/worker_report.h"

/* All samplings of the task's point of that index that are left, and their metrics. */
FM_MUST_USE enum fm_status fm_worker_sample(struct fm_worker *w, size_t point,
                                            struct fm_error *err);

#endif
