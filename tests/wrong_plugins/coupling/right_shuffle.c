/* Right: a random order, each row once. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    return FM_OK;
}

COUPLING("right_shuffle", true, true);
