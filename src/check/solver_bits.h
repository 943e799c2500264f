/* The same bits however rows are cut into blocks and shared among threads, and again. */
#ifndef FM_CHECK_SOLVER_BITS_H
#define FM_CHECK_SOLVER_BITS_H

#include "check/solver_subject.h"

/* "same bits", "noise". */
void fm_check_solver_bits(const struct fm_solver_subject *subject);

#endif
