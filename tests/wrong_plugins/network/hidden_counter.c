/* v depends on the number of calls so far. */
#include "field.h"

static size_t n_calls;

RIGHT_PREPARE(0)
static EVALUATE
{
    UNUSED;
    right_field(form, n, t, x, v);
    v[0] += 1e-12 * (double)n_calls++;
    return FM_OK;
}
RIGHT_JVP
FIELD("hidden_counter");
