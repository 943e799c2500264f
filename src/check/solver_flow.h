/* Solvers on the flow between two normal distributions along the linear path, whose ends are
 * singular for many formulas. */
#ifndef FM_CHECK_SOLVER_FLOW_H
#define FM_CHECK_SOLVER_FLOW_H

#include "check/solver_subject.h"

/* "linear path"; of stochastic solvers also "moments" and "weak order". */
void fm_check_solver_flow(const struct fm_solver_subject *subject);

#endif
