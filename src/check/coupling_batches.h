/* Pairs of batches of every kind and size. */
#ifndef FM_CHECK_COUPLING_BATCHES_H
#define FM_CHECK_COUPLING_BATCHES_H

#include "check/coupling_subject.h"

/* "pairs", "each row once", "reported plan"; false: nothing else can be measured. */
bool fm_check_batches(struct fm_coupling_subject *s);

#endif
