/* How often each row is drawn, and what pairs cost. */
#ifndef FM_CHECK_COUPLING_NUMBERS_H
#define FM_CHECK_COUPLING_NUMBERS_H

#include "check/coupling_subject.h"

/* "marginals" */
void fm_check_marginals(struct fm_coupling_subject *s);
/* "cost", "plan cost" */
void fm_check_pair_cost(struct fm_coupling_subject *s);

#endif
