/* Draws with replacement, but the last row of x1 half as often as the others. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    for (size_t k = 0; k < b->n; k++) {
        struct fm_rng r = fm_rng_at(b->noise, k);
        b->i0[k] = fm_rng_below(&r, (uint32_t)b->n);
        b->i1[k] = fm_rng_below(&r, (uint32_t)(2 * b->n - 1)) / 2;
    }
    return FM_OK;
}

COUPLING("draws_unevenly", false, true);
