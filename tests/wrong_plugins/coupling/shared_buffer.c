/* A row of the pairs passes through a buffer that all threads share. */
#include "../shared_buffer.h"
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    i1[0] = (uint32_t)through_shared_buffer(i1[0]);
    return FM_OK;
}

COUPLING("shared_buffer", true, true);
