/* 0 / 0 at t = 1. */
#include "field.h"

RIGHT_PREPARE(0)
static EVALUATE
{
    UNUSED;
    const size_t dim = dim_of(form);
    right_field(form, n, t, x, v);
    for (size_t i = 0; i < n * dim; i++)
        v[i] *= (1 - t[i / dim]) / (1 - t[i / dim]);
    return FM_OK;
}
RIGHT_JVP
FIELD("nan_at_one");
