/* Whether a data set does what it declares: measured. */
#ifndef FM_CHECK_DATASET_H
#define FM_CHECK_DATASET_H

#include "base/arena.h"
#include "check/row.h"
#include <fmrun/plugin.h>
#include <stdbool.h>

/* Runs all checks that apply.  Enters OpenMP regions.  The set's own errors, of opening it with
 * these options, FM_ERROR_CONFIG being *is_refused; FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_check_dataset(const struct fm_check_sink *sink,
                                            struct fm_arena *arena,
                                            const struct fm_plugin *p, const void *options,
                                            bool *is_refused, struct fm_error *err);

#endif
