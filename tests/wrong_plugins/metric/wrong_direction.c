/* A distance, declared higher is better. */
#include "means.h"

static MEASURE
{
    (void)options, (void)services, (void)err;
    *estimate = (struct fm_estimate){.value = distance_of_means(m, m->n), .n_used = m->n};
    return FM_OK;
}
METRIC_WITH("wrong_direction", FM_HIGHER_IS_BETTER, FM_REFERENCE_DATA);
