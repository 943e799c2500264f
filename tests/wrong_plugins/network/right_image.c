/* Right: for images alone, the same at all times. */
#include <fmrun/plugin.h>

static void build(const void *options, struct fm_graph *g)
{
    size_t height, width, channels;
    (void)options;
    fm_image_shape(g, &height, &width, &channels);
    if (height == 0) {
        fm_graph_fail(g, "it takes images");
        return;
    }
    struct fm_node h = fm_reshape(g, fm_input_x(g), height, width, channels);
    h = fm_group_norm(g, fm_convolution(g, h, 8, 3, 1), 2);
    h = fm_multiply(g, h, fm_activation(g, h, FM_ACTIVATION_SILU));
    struct fm_node gate = fm_linear(g, fm_mean_pool(g, h), 8);
    h = fm_multiply(g, h, fm_activation(g, gate, FM_ACTIVATION_TANH));
    h = fm_dropout(g, h, 0.1);
    h = fm_upsample(g, fm_activation(g, fm_convolution(g, h, 8, 3, 2), FM_ACTIVATION_GELU));
    fm_output(g, fm_convolution(g, h, channels, 3, 1));
}

static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};
const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,
                                       .kind = FM_NETWORK,
                                       .name = "right_image",
                                       .version = 1,
                                       .summary = "keeps its promises",
                                       .network = &ops};
