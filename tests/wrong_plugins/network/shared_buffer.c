/* Passes a number through a buffer that all threads share. */
#include "../shared_buffer.h"
#include "field.h"

RIGHT_PREPARE(0)
static EVALUATE
{
    UNUSED;
    right_field(form, n, t, x, v);
    v[0] = through_shared_buffer(v[0]);
    return FM_OK;
}
RIGHT_JVP
FIELD("shared_buffer");
