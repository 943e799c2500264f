/* Threads that pair at the same time write to one buffer. */
#include "../meet.h"
#include "shuffled.h"

static volatile uint32_t buffer[1024];

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    for (size_t k = 0; k < n; k++)
        buffer[k] = i1[k];
    meet();
    for (size_t k = 0; k < n; k++)
        i1[k] = buffer[k];
    return FM_OK;
}

COUPLING("shared_buffer", true, true);
