/* Orders of convergence, measured on problems with known solutions. */
#ifndef FM_CHECK_SOLVER_ORDER_H
#define FM_CHECK_SOLVER_ORDER_H

#include "check/solver_subject.h"

/* "order", "order on uneven grids", "embedded order" and "there and back". */
void fm_check_solver_order(const struct fm_solver_subject *subject);

#endif
