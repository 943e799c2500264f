/* Right: a random order, each row once. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(b->noise, 0);
    shuffle(b, &r);
    return FM_OK;
}

COUPLING("right_shuffle", true, true);
