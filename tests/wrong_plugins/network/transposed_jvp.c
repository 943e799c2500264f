/* Multiplies by the transposed matrix: the divergence is right nevertheless. */
#include "field.h"

RIGHT_PREPARE(0)
RIGHT_EVALUATE
static JVP
{
    UNUSED;
    const size_t dim = dim_of(form);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            dv[i * dim + j] =
                cos(3 * t[i]) * dx[i * dim + j]
                + 0.5 * cos(x[i * dim + j]) * dx[i * dim + (j + dim - 1) % dim];
    return FM_OK;
}
FIELD("transposed_jvp");
