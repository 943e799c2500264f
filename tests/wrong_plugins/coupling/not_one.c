/* Refuses a single row. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    if (b->n < 2)
        return fm_fail(err, FM_ERROR_RUN, "a single row has no partner");
    struct fm_rng r = fm_rng_at(b->noise, 0);
    shuffle(b, &r);
    return FM_OK;
}

COUPLING("not_one", true, true);
