/* The `sweep` block: grid (every combination) and zip (in parallel) over lists of values of dotted
 * keys, and list (settings of several keys each). */
#ifndef FM_PLAN_SWEEP_H
#define FM_PLAN_SWEEP_H

#include "config/document.h"
#include <fmrun/status.h>

/* The points of root's `sweep` block, as copies of root without it and with the point's
 * values set; one, equal to root, without a sweep. */
struct fm_sweep_point {
    struct fm_yaml *root;
    const char *setting;
};
FM_MUST_USE enum fm_status fm_sweep_expand(struct fm_arena *arena,
                                           const struct fm_yaml *root, size_t *n,
                                           struct fm_sweep_point **points,
                                           struct fm_error *err);

#endif
