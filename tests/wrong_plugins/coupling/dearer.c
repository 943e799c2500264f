/* Exchanges two pairs of neighbours where that costs more: a little worse than
 * independent pairs. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(noise, 0);
    shuffle(n, &r, i0, i1);
    for (size_t k = 0; k + 1 < n; k += 2)
        if ((x0[k * dim] - x0[(k + 1) * dim]) * (x1[i1[k] * dim] - x1[i1[k + 1] * dim])
            > 0) {
            uint32_t swapped = i1[k];
            i1[k] = i1[k + 1];
            i1[k + 1] = swapped;
        }
    return FM_OK;
}

COUPLING("dearer", true, true);
