/* Has neither a tableau nor step. */
#include <fmrun/plugin.h>

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.order = 1};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER, .kind = FM_SOLVER,         .name = "missing_operation",
    .version = 1,     .summary = "no operation", .solver = &ops,
};
