/* Writes to address 0 in its third step (the first ones do nothing). */
#include <fmrun/plugin.h>

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options, (void)err;
    volatile int *volatile nowhere = NULL;
    if (s->index >= 2)
        *nowhere = 1;
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme.order = 1, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "crash",
    .version = 1,
    .summary = "a segmentation fault in its third step",
    .solver = &ops,
};
