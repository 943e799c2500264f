/* Measures whether a solver does what it declares. */
#ifndef FM_CHECK_SOLVER_H
#define FM_CHECK_SOLVER_H

#include "check/row.h"
#include "host/solver.h"

/* Runs all checks that apply.  Enters OpenMP regions. */
void fm_check_solver(const struct fm_check_sink *sink, const struct fm_solver *solver);

#endif
