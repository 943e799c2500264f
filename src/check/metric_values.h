/* Values of a metric for identical sets, for worse ones, and for rows that are not finite. */
#ifndef FM_CHECK_METRIC_VALUES_H
#define FM_CHECK_METRIC_VALUES_H

#include "check/metric_subject.h"

/* "identical sets" */
FM_MUST_USE enum fm_status fm_check_metric_identical(struct fm_metric_subject *s,
                                                     struct fm_error *err);
/* "direction" */
FM_MUST_USE enum fm_status fm_check_metric_direction(struct fm_metric_subject *s,
                                                     struct fm_error *err);
/* "not finite" */
FM_MUST_USE enum fm_status fm_check_metric_not_finite(struct fm_metric_subject *s,
                                                      struct fm_error *err);

#endif
