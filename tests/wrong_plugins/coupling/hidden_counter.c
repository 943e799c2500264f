/* Pairs depend on the number of calls so far. */
#include "shuffled.h"

static size_t n_calls;

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(b->noise, n_calls++);
    shuffle(b, &r);
    return FM_OK;
}

COUPLING("hidden_counter", true, true);
