/* Never uses the last row of x1, and uses the one before it twice. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(b->noise, 0);
    shuffle(b, &r);
    for (size_t k = 0; b->n > 1 && k < b->n; k++)
        b->i1[k] = b->i1[k] == b->n - 1 ? (uint32_t)b->n - 2 : b->i1[k];
    return FM_OK;
}

COUPLING("drops_rows", true, true);
