/* Steps that evaluate nothing and leave x where it is. */
#include <fmrun/plugin.h>

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options, (void)s, (void)err;
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme.order = 1, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "null",
    .version = 1,
    .summary = "steps that do nothing",
    .solver = &ops,
};
