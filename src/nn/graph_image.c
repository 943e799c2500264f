#include <config.h>

#include "nn/graph_image.h"

#include "nn/builder.h"
#include "nn/graph_layer.h"
#include "nn/op_conv_narrow.h"

#include <math.h>

/* Weight and bias, and what they cost at the node's pixels. */
static bool add_filters(struct fm_builder *b, const struct fm_net_node *input,
                        struct fm_net_node *node)
{
    const size_t n_taps = node->kernel * node->kernel;
    const double n_terms = (double)n_taps * (double)input->width;
    const struct fm_parameter weight = {.n_taps = n_taps,
                                        .n_rows = input->width,
                                        .n_columns = node->width,
                                        .spread = 1 / sqrt(n_terms)};
    const struct fm_parameter bias = {
        .n_rows = 1, .n_columns = node->width, .is_vector = true, .spread = weight.spread};
    if (!fm_builder_parameter(b, "convolution", "weight", weight, &node->weight)
        || !fm_builder_parameter(b, "convolution", "bias", bias, &node->bias))
        return false;
    fm_builder_next_layer(b, "convolution");
    fm_builder_flops(b, 2 * n_terms * (double)node->width * (double)fm_positions(node),
                     input->has_gradient);
    return true;
}

struct fm_node fm_graph_convolution(struct fm_graph *g, struct fm_node a, size_t channels,
                                    size_t kernel, size_t stride)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "convolution");
    if (!input)
        return FM_NO_NODE;
    if (channels == 0 || channels > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the channels of a convolution must be in [1, %d]",
                                  FM_MAX_WIDTH);
    if (kernel != 1 && kernel != 3)
        return fm_builder_mistake(b, "the kernel of a convolution must be 1 or 3, not %zu",
                                  kernel);
    if (stride != 1 && stride != 2)
        return fm_builder_mistake(b, "the stride of a convolution must be 1 or 2, not %zu",
                                  stride);
    if (kernel == 1 && stride == 1)
        return fm_graph_linear_layer(b, a, channels, "convolution");
    struct fm_net_node node = fm_node_of(&fm_op_convolution, a, input);
    node.image_height = (input->image_height - 1) / stride + 1;
    node.image_width = (input->image_width - 1) / stride + 1;
    node.width = channels;
    node.kernel = kernel;
    node.step = stride;
    node.has_gradient = true;
    if (kernel > 1 && channels <= FM_CONV_FEW) {
        node.op = &fm_op_narrow_convolution;
        node.n_scratch = fm_conv_narrow_scratch(input, &node);
    }
    return add_filters(b, input, &node) ? fm_builder_add(b, node) : FM_NO_NODE;
}

struct fm_node fm_graph_upsample(struct fm_graph *g, struct fm_node a)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "upsample");
    if (!input)
        return FM_NO_NODE;
    struct fm_net_node node = fm_node_of(&fm_op_upsample, a, input);
    node.image_height *= 2;
    node.image_width *= 2;
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_downsample(struct fm_graph *g, struct fm_node a)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "downsample");
    if (!input)
        return FM_NO_NODE;
    struct fm_net_node node = fm_node_of(&fm_op_downsample, a, input);
    if (node.image_height % 2 != 0 || node.image_width % 2 != 0)
        return fm_builder_mistake(
            b, "downsample needs an even height and width; the image is %zu x %zu",
            node.image_height, node.image_width);
    node.image_height /= 2;
    node.image_width /= 2;
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_mean_pool(struct fm_graph *g, struct fm_node a)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "mean_pool");
    if (!input)
        return FM_NO_NODE;
    struct fm_net_node node = fm_node_of(&fm_op_mean_pool, a, input);
    node.image_height = node.image_width = 1;
    return fm_builder_add(b, node);
}
