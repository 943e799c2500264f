/* Closed forms: the derivative compared with differences, the density with the problem's, and the
 * velocity by the continuity equation: d/dt log p + div v + v . grad log p = 0. */
#ifndef FM_CHECK_NETWORK_NUMBERS_H
#define FM_CHECK_NETWORK_NUMBERS_H

#include "check/network_form_subject.h"

/* "derivative", "density", "continuity" */
FM_MUST_USE enum fm_status fm_check_form_numbers(const struct fm_form_subject *s,
                                                 struct fm_error *err);

#endif
