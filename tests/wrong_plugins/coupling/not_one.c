/* Refuses a single row. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    if (n < 2)
        return fm_fail(err, FM_ERROR_RUN, "a single row has no partner");
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    return FM_OK;
}

COUPLING("not_one", true, true);
