/* Measures whether a path does what it declares. */
#ifndef FM_CHECK_PATH_H
#define FM_CHECK_PATH_H

#include "base/arena.h"
#include "check/row.h"
#include <fmrun/plugin.h>

/* Runs all checks that apply to a plugin of kind path.  Enters OpenMP regions.
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_check_path(const struct fm_check_sink *sink,
                                         struct fm_arena *arena, const struct fm_plugin *p,
                                         const void *options, struct fm_error *err);

#endif
