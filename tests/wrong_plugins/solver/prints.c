/* Prints to stdout. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    if (s->index == 0)
        (void)printf("stepping\n");
    return euler_step(s, s->state, err);
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 1, .n_state = 1}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER, .kind = FM_SOLVER,   .name = "prints",
    .version = 1,     .summary = "prints", .solver = &ops,
};
