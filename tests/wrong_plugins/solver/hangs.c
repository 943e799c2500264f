/* Never returns from its sixth step. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    volatile bool is_endless = s->index == 5;
    while (is_endless)
        ;
    return euler_step(s, s->state, err);
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 1, .n_state = 1}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "hangs",
    .version = 1,
    .summary = "an endless loop in its sixth step",
    .solver = &ops,
};
