/* Swaps two neighbouring pairs where that costs more: slightly worse than independent
 * pairs. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    struct fm_rng r = fm_rng_at(b->noise, 0);
    shuffle(b, &r);
    for (size_t k = 0; k + 1 < b->n; k += 2) {
        const double step0 = b->x0[k * b->dim] - b->x0[(k + 1) * b->dim],
                     step1 = b->x1[b->i1[k] * b->dim] - b->x1[b->i1[k + 1] * b->dim];
        if (step0 * step1 > 0) {
            uint32_t swapped = b->i1[k];
            b->i1[k] = b->i1[k + 1];
            b->i1[k + 1] = swapped;
        }
    }
    return FM_OK;
}

COUPLING("costs_more", true, true);
