/* A velocity that fails: the solver passes the error on and leaves x unchanged. */
#ifndef FM_CHECK_SOLVER_FAILING_H
#define FM_CHECK_SOLVER_FAILING_H

#include "check/solver_subject.h"

/* "failing velocity". */
void fm_check_solver_failing(const struct fm_solver_subject *subject);

#endif
