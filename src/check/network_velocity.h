/* The velocity of either kind of network: the same bits, finite, a function of x and t. */
#ifndef FM_CHECK_NETWORK_VELOCITY_H
#define FM_CHECK_NETWORK_VELOCITY_H

#include "check/network_subject.h"

/* "same bits": false where there is nothing to rely on. */
FM_MUST_USE enum fm_status fm_check_network_bits(const struct fm_network_subject *s,
                                                 bool *is_same, struct fm_error *err);
/* "finite", "dependence" */
FM_MUST_USE enum fm_status fm_check_network_values(const struct fm_network_subject *s,
                                                   double largest, struct fm_error *err);

#endif
