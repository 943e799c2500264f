/* Writes rows in pairs, so beyond an odd number of rows. */
#include "field.h"

RIGHT_PREPARE(0)
static EVALUATE
{
    UNUSED;
    right_field(form, n, t, x, v);
    if (n == 3) /* the guarded call: others would corrupt memory */
        v[n * dim_of(form)] = 0;
    return FM_OK;
}
RIGHT_JVP
FIELD("beyond_rows");
