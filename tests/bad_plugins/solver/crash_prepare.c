/* Writes to address 0 in prepare(). */
#include <fmrun/plugin.h>

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err)
{
    (void)options, (void)services, (void)scheme, (void)err;
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
    return FM_OK;
}

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options, (void)s, (void)err;
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme.order = 1, .prepare = prepare, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "crash_prepare",
    .version = 1,
    .summary = "a segmentation fault in prepare()",
    .solver = &ops,
};
