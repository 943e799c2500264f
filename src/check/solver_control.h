/* Step control: the error follows the tolerance, and so does the cost. */
#ifndef FM_CHECK_SOLVER_CONTROL_H
#define FM_CHECK_SOLVER_CONTROL_H

#include "check/solver_subject.h"

/* "tolerance". */
void fm_check_solver_control(const struct fm_solver_subject *subject);

#endif
