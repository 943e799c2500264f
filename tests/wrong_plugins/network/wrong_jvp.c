/* The derivative leaves out a term's factor. */
#include "field.h"

RIGHT_PREPARE(0)
RIGHT_EVALUATE
static JVP
{
    UNUSED;
    const size_t dim = dim_of(form);
    for (size_t i = 0; i < n * dim; i++)
        dv[i] = cos(3 * t[i / dim]) * dx[i];
    (void)x;
    return FM_OK;
}
FIELD("wrong_jvp");
