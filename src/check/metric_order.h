/* Whether the order of rows matters: a metric compares sets. */
#ifndef FM_CHECK_METRIC_ORDER_H
#define FM_CHECK_METRIC_ORDER_H

#include "check/metric_subject.h"

/* "order of rows"; after "noise". */
FM_MUST_USE enum fm_status fm_check_metric_order(struct fm_metric_subject *s,
                                                 struct fm_error *err);

#endif
