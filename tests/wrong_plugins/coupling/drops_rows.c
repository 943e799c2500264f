/* The last row of x1 is never used, the one before it twice. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    for (size_t k = 0; n > 1 && k < n; k++)
        i1[k] = i1[k] == n - 1 ? (uint32_t)n - 2 : i1[k];
    return FM_OK;
}

COUPLING("drops_rows", true, true);
