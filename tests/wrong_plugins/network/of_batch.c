/* Subtracts the mean of the rows: each row depends on the others. */
#include "field.h"

RIGHT_PREPARE(0)
static EVALUATE
{
    UNUSED;
    double mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += t[i] / (double)n;
    right_field(form, n, t, x, v);
    for (size_t i = 0; i < n * dim_of(form); i++)
        v[i] += 1e-6 * mean;
    return FM_OK;
}
RIGHT_JVP
FIELD("of_batch");
