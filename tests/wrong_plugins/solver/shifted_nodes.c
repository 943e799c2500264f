/* rk4 with each stage at the time of the previous one: a mistake of a published library, of
 * order 1. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    static const double c[4] = {0, 0, 0.5, 0.5};
    return rk4_stages(s, rk4_a, rk4_b, c, s->state, 0, err);
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 4, .n_state = 6}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "shifted_nodes",
    .version = 1,
    .summary = "rk4 with stage times off by one",
    .solver = &ops,
};
