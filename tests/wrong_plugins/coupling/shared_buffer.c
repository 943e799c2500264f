/* Passes a row of the pairs through a buffer that all threads share. */
#include "../shared_buffer.h"
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(b->noise, 0);
    shuffle(b, &r);
    b->i1[0] = (uint32_t)through_shared_buffer(b->i1[0]);
    return FM_OK;
}

COUPLING("shared_buffer", true, true);
