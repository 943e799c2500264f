/* Gives three numbers for samples of any width. */
#include <fmrun/plugin.h>

static void build(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_linear(g, fm_input_x(g), 3));
}

static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};
const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,
                                       .kind = FM_NETWORK,
                                       .name = "no_width_fits",
                                       .version = 1,
                                       .summary = "breaks a promise",
                                       .network = &ops};
