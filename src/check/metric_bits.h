/* The same estimate again, whatever was measured before, beside it and around it; and what
 * the noise and the options change. */
#ifndef FM_CHECK_METRIC_BITS_H
#define FM_CHECK_METRIC_BITS_H

#include "check/metric_subject.h"

/* "same bits"; false: calls differ, and nothing else can be measured. */
FM_MUST_USE enum fm_status fm_check_metric_bits(struct fm_metric_subject *s, bool *is_same,
                                                struct fm_error *err);
/* "noise", "standard error"; finds is_noisy. */
FM_MUST_USE enum fm_status fm_check_metric_noise(struct fm_metric_subject *s,
                                                 struct fm_error *err);
/* "options" */
FM_MUST_USE enum fm_status fm_check_metric_options(struct fm_metric_subject *s,
                                                   struct fm_error *err);
/* "bounds": of all calls so far. */
void fm_check_metric_bounds(const struct fm_metric_subject *s);

#endif
