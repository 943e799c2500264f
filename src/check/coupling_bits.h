/* Whether a coupling gives the same pairs again, on any thread; and whether they depend on
 * noise. */
#ifndef FM_CHECK_COUPLING_BITS_H
#define FM_CHECK_COUPLING_BITS_H

#include "check/coupling_subject.h"

/* "same bits" */
void fm_check_pair_bits(struct fm_coupling_subject *s);
/* "noise" */
void fm_check_pair_noise(struct fm_coupling_subject *s);

#endif
