/* jvp relies on what evaluate has left in scratch. */
#include "field.h"

RIGHT_PREPARE(64 * sizeof(double))
static EVALUATE
{
    (void)err;
    double *kept = scratch;
    for (size_t i = 0; i < n; i++)
        kept[i] = cos(3 * t[i]);
    right_field(form, n, t, x, v);
    return FM_OK;
}
static JVP
{
    (void)err, (void)t;
    const size_t dim = dim_of(form);
    const double *kept = scratch;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            dv[i * dim + j] =
                kept[i] * dx[i * dim + j]
                + 0.5 * cos(x[i * dim + (j + 1) % dim]) * dx[i * dim + (j + 1) % dim];
    return FM_OK;
}
FIELD("kept_jvp");
