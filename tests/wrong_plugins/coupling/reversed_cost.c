/* Assigns to -x1: the pairs with the largest cost. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    double cost, *minus = services->allocate(services, b->n * b->dim, sizeof *minus);
    if (!minus)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < b->n * b->dim; i++)
        minus[i] = -b->x1[i];
    FM_TRY(services->assign(services, b->n, b->dim, b->x0, minus, b->i1, &cost, err));
    for (size_t k = 0; k < b->n; k++)
        b->i0[k] = (uint32_t)k;
    return FM_OK;
}

COUPLING("reversed_cost", true, false);
