/* Measures whether a metric does what it declares. */
#ifndef FM_CHECK_METRIC_H
#define FM_CHECK_METRIC_H

#include "base/arena.h"
#include "check/row.h"
#include <fmrun/plugin.h>

/* Runs all checks that apply to a plugin of kind metric.  Enters OpenMP regions.
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_check_metric(const struct fm_check_sink *sink,
                                           struct fm_arena *arena,
                                           const struct fm_plugin *p, const void *options,
                                           struct fm_error *err);

#endif
