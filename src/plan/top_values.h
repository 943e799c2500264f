/* The values at the top level of a config: `name` and `seeds`.  Functions of rows in plan/part.c. */
#ifndef FM_PLAN_TOP_VALUES_H
#define FM_PLAN_TOP_VALUES_H

#include "plan/part.h"

/* 1 to 100 letters, digits, _, - or ., required. */
FM_MUST_USE enum fm_status fm_name_read(const struct fm_reading *reading,
                                        const struct fm_part *part,
                                        const struct fm_yaml *node, struct fm_error *err);
/* N for the seeds 0 to N - 1, or a list of seeds; 1 by default. */
FM_MUST_USE enum fm_status fm_seeds_read(const struct fm_reading *reading,
                                         const struct fm_part *part,
                                         const struct fm_yaml *node, struct fm_error *err);

#endif
