/* Reports half of what the pairs cost. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(b->noise, 0);
    shuffle(b, &r);
    report->plan_cost = 0;
    for (size_t k = 0; k < b->n; k++)
        for (size_t j = 0; j < b->dim; j++) {
            double difference = b->x0[b->i0[k] * b->dim + j] - b->x1[b->i1[k] * b->dim + j];
            report->plan_cost += difference * difference / (double)b->n / 2;
        }
    return FM_OK;
}

COUPLING("false_report", true, true);
