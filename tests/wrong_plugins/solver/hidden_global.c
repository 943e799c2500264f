/* Euler's method with a global that changes. */
#include "rk4.h"

static unsigned n_steps;

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    FM_TRY(euler_step(s, s->state, err));
    s->x[0] += s->h * s->h * 1e-3 * (double)(n_steps++ % 7);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 1, .n_state = 1}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "hidden_global",
    .version = 1,
    .summary = "depends on earlier calls",
    .solver = &ops,
};
