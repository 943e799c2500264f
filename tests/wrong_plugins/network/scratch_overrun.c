/* Uses twice the scratch that it requested. */
#include "field.h"

RIGHT_PREPARE(8 * sizeof(double))
static EVALUATE
{
    (void)err;
    double *numbers = scratch;
    for (size_t i = 0; i < 16; i++)
        numbers[i] = 0;
    right_field(form, n, t, x, v);
    return FM_OK;
}
RIGHT_JVP
FIELD("scratch_overrun");
