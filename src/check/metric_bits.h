/* Whether a metric gives the same estimate again, after and during other measurements; and what
 * noise and options change. */
#ifndef FM_CHECK_METRIC_BITS_H
#define FM_CHECK_METRIC_BITS_H

#include "check/metric_subject.h"

/* "same bits"; false: calls differ, and nothing else can be measured. */
FM_MUST_USE enum fm_status fm_check_metric_bits(struct fm_metric_subject *s, bool *is_same,
                                                struct fm_error *err);
/* "noise"; sets is_noisy. */
FM_MUST_USE enum fm_status fm_check_metric_noise(struct fm_metric_subject *s,
                                                 struct fm_error *err);
/* "options" */
FM_MUST_USE enum fm_status fm_check_metric_options(struct fm_metric_subject *s,
                                                   struct fm_error *err);
/* "bounds", for all calls so far. */
void fm_check_metric_bounds(const struct fm_metric_subject *s);

#endif
