/* Whether a solver gives the same bits again, for any blocks of rows and number of threads. */
#ifndef FM_CHECK_SOLVER_BITS_H
#define FM_CHECK_SOLVER_BITS_H

#include "check/solver_subject.h"

/* "same bits", "noise". */
void fm_check_solver_bits(const struct fm_solver_subject *subject);

#endif
