/* How often and at which times a solver evaluates the velocity. */
#ifndef FM_CHECK_SOLVER_COST_H
#define FM_CHECK_SOLVER_COST_H

#include "check/solver_subject.h"

/* "evaluations", "times". */
void fm_check_solver_cost(const struct fm_solver_subject *subject);

#endif
