/* The draws of a path, compared with the bridge that it declares or, without one, with their own
 * rate of change. */
#ifndef FM_CHECK_PATH_DRAW_H
#define FM_CHECK_PATH_DRAW_H

#include "check/path_subject.h"

/* "finite draws", "noise", "moments", "velocity" */
void fm_check_path_draws(const struct fm_path_subject *s);

#endif
