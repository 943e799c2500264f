/* Measures whether a data set does what it declares. */
#ifndef FM_CHECK_DATASET_H
#define FM_CHECK_DATASET_H

#include "base/arena.h"
#include "check/row.h"
#include <fmrun/plugin.h>
#include <stdbool.h>

/* Runs all checks that apply.  Enters OpenMP regions.  Returns the set's own error when it can't
 * be opened with these options, with *is_refused for FM_ERROR_CONFIG; or FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_check_dataset(const struct fm_check_sink *sink,
                                            struct fm_arena *arena,
                                            const struct fm_plugin *p, const void *options,
                                            bool *is_refused, struct fm_error *err);

#endif
