/* Squares twice: overflows for large x. */
#include <fmrun/plugin.h>

static void build(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h =
        fm_linear(g, fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0)), 16);
    for (int i = 0; i < 4; i++)
        h = fm_multiply(g, h, h);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};
const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,
                                       .kind = FM_NETWORK,
                                       .name = "blows_up",
                                       .version = 1,
                                       .summary = "breaks a promise",
                                       .network = &ops};
