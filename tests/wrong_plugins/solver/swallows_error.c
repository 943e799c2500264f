/* Euler's method, which continues when the velocity fails. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    struct fm_error ignored;
    (void)err;
    (void)euler_step(s, s->state, &ignored);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 1, .n_state = 1}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "swallows_error",
    .version = 1,
    .summary = "ignores a failing velocity",
    .solver = &ops,
};
