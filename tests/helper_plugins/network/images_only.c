/* A network of images, which refuses other data in its own words. */
#include <fmrun/plugin.h>

static void build(const void *options, struct fm_graph *g)
{
    size_t height, width, channels;
    (void)options;
    fm_image_shape(g, &height, &width, &channels);
    if (height == 0) {
        fm_graph_fail(g, "it takes images, and these data are points of %zu coordinates",
                      fm_sample_dim(g));
        return;
    }
    struct fm_node h = fm_reshape(g, fm_input_x(g), height, width, channels);
    fm_output(g, fm_convolution(g, h, channels, 3, 1));
}

static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};
const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,
                                       .kind = FM_NETWORK,
                                       .name = "images_only",
                                       .version = 1,
                                       .summary = "a network of images",
                                       .network = &ops};
