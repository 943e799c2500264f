/* Euler's method; a coordinate passes through a buffer that all threads share. */
#include "../shared_buffer.h"
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    FM_TRY(euler_step(s, s->state, err));
    s->x[0] = through_shared_buffer(s->x[0]);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 1, .n_state = 1}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "shared_buffer",
    .version = 1,
    .summary = "breaks a promise",
    .solver = &ops,
};
