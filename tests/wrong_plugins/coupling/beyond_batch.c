/* Counts rows from 1. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    for (size_t k = 0; k < n; k++)
        i1[k]++;
    return FM_OK;
}

COUPLING("beyond_batch", true, true);
