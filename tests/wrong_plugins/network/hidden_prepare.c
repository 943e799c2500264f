/* v depends on the number of forms prepared so far. */
#include "field.h"

static double n_prepared;

static PREPARE
{
    (void)options, (void)services, (void)err;
    n_prepared++;
    *form = (struct fm_closed_form){.state = problem};
    return FM_OK;
}
static EVALUATE
{
    UNUSED;
    right_field(form, n, t, x, v);
    for (size_t i = 0; i < n * dim_of(form); i++)
        v[i] += 1e-3 * n_prepared;
    return FM_OK;
}
RIGHT_JVP
FIELD("hidden_prepare");
