/* Noise of the seed alone. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    noise.step = 0;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    return FM_OK;
}

COUPLING("same_each_step", true, true);
