/* Random by the time of day. */
#include "shuffled.h"

#include <time.h>

static PAIR
{
    UNUSED;
    struct timespec now;
    (void)timespec_get(&now, TIME_UTC);
    struct fm_rng r = fm_rng_at(noise, (uint64_t)now.tv_nsec);
    shuffle(n, &r, i0, i1);
    return FM_OK;
}

COUPLING("reads_clock", true, true);
