/* What a metric plugin asks for. */
#ifndef FM_HOST_METRIC_H
#define FM_HOST_METRIC_H

#include <fmrun/metric.h>

/* Whether the metric needs any of the references, FM_REFERENCE_... or-ed. */
static inline bool fm_metric_needs(const struct fm_metric_ops *metric, unsigned references)
{
    return (metric->references & references) != 0;
}

#endif
