/* Uses noise, and says that it does not. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    return FM_OK;
}

COUPLING("hidden_random", true, false);
