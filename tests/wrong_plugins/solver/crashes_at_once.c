/* Writes to address 0 as soon as it is loaded. */
#include <fmrun/plugin.h>

#if defined __GNUC__
__attribute__((constructor))
#endif
static void
constructor(void)
{
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}

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
    .name = "crashes_at_once",
    .version = 1,
    .summary = "a segmentation fault when it is opened",
    .solver = &ops,
};
