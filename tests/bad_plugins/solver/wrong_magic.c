/* Begins with a wrong magic number. */
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
    .magic = FM_PLUGIN_MAGIC ^ 1,
    .abi = FM_PLUGIN_ABI,
    .size = sizeof(struct fm_plugin),
    .kind = FM_SOLVER,
    .name = "wrong_magic",
    .version = 1,
    .summary = "a wrong magic",
    .solver = &ops,
};
