/* Uses the time of the first row for all rows. */
#include "field.h"

RIGHT_PREPARE(0)
static EVALUATE
{
    UNUSED;
    const size_t dim = dim_of(form);
    for (size_t i = 0; i < n; i++)
        right_field(form, 1, t, x + i * dim, v + i * dim);
    return FM_OK;
}
RIGHT_JVP
FIELD("first_time");
