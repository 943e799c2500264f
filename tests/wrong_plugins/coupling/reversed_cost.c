/* The assignment to -x1: the dearest one. */
#include "shuffled.h"

static PAIR
{
    UNUSED;
    double cost, *minus = services->allocate(services, n * dim, sizeof *minus);
    if (!minus)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < n * dim; i++)
        minus[i] = -x1[i];
    FM_TRY(services->assign(services, n, dim, x0, minus, i1, &cost, err));
    for (size_t k = 0; k < n; k++)
        i0[k] = (uint32_t)k;
    return FM_OK;
}

COUPLING("reversed_cost", true, false);
