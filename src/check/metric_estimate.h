/* Whether the estimates of a metric are in range, for few rows and many, or an error has a
 * message. */
#ifndef FM_CHECK_METRIC_ESTIMATE_H
#define FM_CHECK_METRIC_ESTIMATE_H

#include "check/metric_subject.h"

/* "estimate"; false: the metric refuses the usual input or gives no number, and nothing else can
 * be measured. */
FM_MUST_USE enum fm_status fm_check_metric_estimate(struct fm_metric_subject *s,
                                                    bool *is_measured,
                                                    struct fm_error *err);

#endif
