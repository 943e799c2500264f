/* Noise depends on the seed alone. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    const struct fm_stream noise = {b->noise.seed, b->noise.stream, 0};
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(b, &r);
    return FM_OK;
}

COUPLING("same_each_step", true, true);
