/* Its prepare() never returns. */
#include "../hang.h"

#include <fmrun/plugin.h>

static void prepare(const void *options, struct fm_coupling_scheme *scheme)
{
    (void)options, (void)scheme;
    hang();
}

static const struct fm_coupling_ops ops = {.size = sizeof ops, .prepare = prepare};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_COUPLING,
    .name = "hang",
    .version = 1,
    .summary = "an endless loop in prepare()",
    .coupling = &ops,
};
