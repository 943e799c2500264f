/* Reports half of what the pairs cost. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    report->plan_cost = 0;
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < dim; j++) {
            double difference = x0[i0[k] * dim + j] - x1[i1[k] * dim + j];
            report->plan_cost += difference * difference / (double)n / 2;
        }
    return FM_OK;
}

COUPLING("false_report", true, true);
