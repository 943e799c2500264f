/* Checks of any velocity, graph or closed form: the same bits, finite, dependence on x and t. */
#ifndef FM_CHECK_NETWORK_VELOCITY_H
#define FM_CHECK_NETWORK_VELOCITY_H

#include "check/network_subject.h"

/* "same bits"; false: calls differ, and nothing else can be measured. */
FM_MUST_USE enum fm_status fm_check_network_bits(const struct fm_network_subject *s,
                                                 bool *is_same, struct fm_error *err);
/* "finite", "dependence" */
FM_MUST_USE enum fm_status fm_check_network_values(const struct fm_network_subject *s,
                                                   double largest, struct fm_error *err);

#endif
