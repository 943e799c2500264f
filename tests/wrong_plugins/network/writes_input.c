/* Wraps x in place. */
#include "field.h"
#include <stdint.h>

RIGHT_PREPARE(0)
static EVALUATE
{
    UNUSED;
    double *mine = (double *)(uintptr_t)x;
    right_field(form, n, t, x, v);
    for (size_t i = 0; i < n * dim_of(form); i++)
        mine[i] = fmin(fmax(mine[i], -0.5), 0.5);
    return FM_OK;
}
RIGHT_JVP
FIELD("writes_input");
