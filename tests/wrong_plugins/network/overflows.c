/* Infinite far from the origin. */
#include "field.h"

RIGHT_PREPARE(0)
static EVALUATE
{
    UNUSED;
    right_field(form, n, t, x, v);
    for (size_t i = 0; i < n * dim_of(form); i++)
        v[i] += exp(0.001 * x[i]);
    return FM_OK;
}
static JVP
{
    UNUSED;
    right_slope(form, n, t, x, dx, dv);
    for (size_t i = 0; i < n * dim_of(form); i++)
        dv[i] += 0.001 * exp(0.001 * x[i]) * dx[i];
    return FM_OK;
}
FIELD("overflows");
