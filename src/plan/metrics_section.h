/* The list `metrics`.  Functions of its row in plan/part.c. */
#ifndef FM_PLAN_METRICS_SECTION_H
#define FM_PLAN_METRICS_SECTION_H

#include "plan/part.h"

FM_MUST_USE enum fm_status fm_metrics_read(const struct fm_reading *reading,
                                           const struct fm_part *part,
                                           const struct fm_yaml *node,
                                           struct fm_error *err);
/* Metric i; NULL behind the last. */
const struct fm_component *fm_metrics_entry(const struct fm_experiment *e, size_t i);

#endif
