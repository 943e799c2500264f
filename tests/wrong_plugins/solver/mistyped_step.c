/* rk4 with 0.5003 for 0.5 in one place. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    static const double a[4] = {0, 0.5003, 0.5, 1};
    return rk4_stages(s, a, rk4_b, rk4_c, s->state, 0, err);
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 4, .n_state = 6}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "mistyped_step",
    .version = 1,
    .summary = "rk4 with a digit mistyped",
    .solver = &ops,
};
