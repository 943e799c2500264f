/* Counts rows from 1. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(b->noise, 0);
    shuffle(b, &r);
    for (size_t k = 0; k < b->n; k++)
        b->i1[k]++;
    return FM_OK;
}

COUPLING("beyond_batch", true, true);
