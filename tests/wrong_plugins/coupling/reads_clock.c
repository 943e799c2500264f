/* Takes random numbers from the time of day. */
#include "shuffled.h"

#include <time.h>

static PAIR
{
    UNUSED;
    struct timespec now;
    (void)timespec_get(&now, TIME_UTC);
    struct fm_rng r = fm_rng_at(b->noise, (uint64_t)now.tv_nsec);
    shuffle(b, &r);
    return FM_OK;
}

COUPLING("reads_clock", true, true);
