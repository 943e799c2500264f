/* Whether a path gives the same bits again, on any thread, one time or many in a call; whether it
 * writes out of bounds; and what options change. */
#ifndef FM_CHECK_PATH_BITS_H
#define FM_CHECK_PATH_BITS_H

#include "base/arena.h"
#include "check/path_subject.h"
#include <fmrun/plugin.h>

/* "same bits"; false: calls differ, and nothing else can be measured. */
bool fm_check_path_bits(const struct fm_path_subject *s);
/* "bounds" */
void fm_check_path_bounds(const struct fm_path_subject *s);
/* "options"; p: the subject's plugin.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_check_path_options(const struct fm_path_subject *s,
                                                 struct fm_arena *arena,
                                                 const struct fm_plugin *p,
                                                 struct fm_error *err);

#endif
