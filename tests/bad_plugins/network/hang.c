/* Its build() never returns. */
#include "../hang.h"

#include <fmrun/graph.h>
#include <fmrun/plugin.h>

static void build(const void *options, struct fm_graph *g)
{
    (void)options, (void)g;
    hang();
}

static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_NETWORK,
    .name = "hang",
    .version = 1,
    .summary = "an endless loop in build()",
    .network = &ops,
};
