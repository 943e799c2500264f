/* A tableau by itself: nodes, first-same-as-last, and the order of its coefficients. */
#ifndef FM_CHECK_SOLVER_TABLEAU_H
#define FM_CHECK_SOLVER_TABLEAU_H

#include "check/solver_subject.h"

/* "nodes", "first same as last", "order conditions". */
void fm_check_solver_tableau(const struct fm_solver_subject *subject);

#endif
