/* Whether a closed form writes only its rows and scratch. */
#ifndef FM_CHECK_NETWORK_BOUNDS_H
#define FM_CHECK_NETWORK_BOUNDS_H

#include "check/network_form_subject.h"

/* "bounds" */
FM_MUST_USE enum fm_status fm_check_form_bounds(const struct fm_form_subject *s,
                                                struct fm_error *err);

#endif
