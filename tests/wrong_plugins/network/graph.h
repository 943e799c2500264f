/* A right graph that the plugins here spoil: two hidden layers of one width. */
#include <fmrun/plugin.h>

static inline void build_right(struct fm_graph *g, size_t width, enum fm_activation f)
{
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0));
    h = fm_activation(g, fm_linear(g, h, width), f);
    h = fm_activation(g, fm_linear(g, h, width), f);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

#define GRAPH(its_name)                                                                    \
    static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};         \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_NETWORK,                             \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .network = &ops}
