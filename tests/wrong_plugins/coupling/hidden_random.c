/* Uses noise, but declares that it does not. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(b->noise, 0);
    shuffle(b, &r);
    return FM_OK;
}

COUPLING("hidden_random", true, false);
