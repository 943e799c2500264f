#include <config.h>

#include "nn/graph_layer.h"

#include <math.h>

/* ---- shapes ---- */

static bool has_size_of(const struct fm_net_node *p, const struct fm_net_node *q)
{
    return p->image_height == q->image_height && p->image_width == q->image_width;
}

static struct fm_node different_sizes(struct fm_builder *b, const char *layer,
                                      const struct fm_net_node *p,
                                      const struct fm_net_node *q)
{
    return fm_builder_mistake(b, "%s of images of different sizes: %zu x %zu and %zu x %zu",
                              layer, p->image_height, p->image_width, q->image_height,
                              q->image_width);
}

struct fm_node fm_graph_concat(struct fm_graph *g, struct fm_node x, struct fm_node y)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, "concat");
    const struct fm_net_node *q = fm_builder_input(b, y, "concat");
    if (!p || !q)
        return FM_NO_NODE;
    if (!has_size_of(p, q))
        return different_sizes(b, "concat", p, q);
    struct fm_net_node node = fm_node_of(&fm_op_concat, x, p);
    node.b = y.index;
    node.width += q->width;
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_reshape(struct fm_graph *g, struct fm_node x, size_t height,
                                size_t width, size_t channels)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, "reshape");
    if (!p)
        return FM_NO_NODE;
    const size_t size = fm_positions(p) * p->width;
    if (height == 0 || width == 0 || channels == 0 || height > size || width > size / height
        || channels != size / height / width || height * width * channels != size)
        return fm_builder_mistake(
            b, "reshape must keep the number of entries: %zu are not %zu x %zu x %zu", size,
            height, width, channels);
    struct fm_net_node node = fm_node_of(&fm_op_reshape, x, p);
    node.image_height = height;
    node.image_width = width;
    node.width = channels;
    return fm_builder_add(b, node);
}

/* ---- entry by entry ---- */

/* Where x is an image, y may be one vector of its channels, for each pixel. */
static struct fm_node combine(struct fm_graph *g, const struct fm_op *op, struct fm_node x,
                              struct fm_node y)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, op->name);
    const struct fm_net_node *q = fm_builder_input(b, y, op->name);
    if (!p || !q)
        return FM_NO_NODE;
    if (p->width != q->width)
        return fm_builder_mistake(b, "%s of nodes of different widths: %zu and %zu",
                                  op->name, p->width, q->width);
    if (!has_size_of(p, q) && fm_positions(q) != 1)
        return different_sizes(b, op->name, p, q);
    struct fm_net_node node = fm_node_of(op, x, p);
    node.b = y.index;
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_add(struct fm_graph *g, struct fm_node x, struct fm_node y)
{
    return combine(g, &fm_op_add, x, y);
}

struct fm_node fm_graph_multiply(struct fm_graph *g, struct fm_node x, struct fm_node y)
{
    return combine(g, &fm_op_multiply, x, y);
}

struct fm_node fm_graph_activation(struct fm_graph *g, struct fm_node x,
                                   enum fm_activation f)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, x, "activation");
    if (!input)
        return FM_NO_NODE;
    if ((unsigned)f >= FM_N_ACTIVATIONS)
        return fm_builder_mistake(b, "unknown activation");
    struct fm_net_node node = fm_node_of(&fm_op_activation, x, input);
    node.n_saved = fm_positions(input) * fm_padded(input->width);
    node.activation = f;
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_dropout(struct fm_graph *g, struct fm_node x, double rate)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, x, "dropout");
    if (!input)
        return FM_NO_NODE;
    if (!(rate >= 0 && rate < 1))
        return fm_builder_mistake(b, "the rate of dropout must be in [0, 1), not %g", rate);
    if (rate == 0)
        return x;
    struct fm_net_node node = fm_node_of(&fm_op_dropout, x, input);
    node.n_saved = fm_positions(input) * fm_padded(input->width);
    node.rate = rate;
    return fm_builder_add(b, node);
}

/* ---- linear ---- */

/* Few outputs waste most of a panel: they are dot products of whole rows. */
static bool is_narrow(const struct fm_net_node *input, size_t width)
{
    return width <= FM_PANEL / 4 && input->width % FM_PANEL == 0;
}

struct fm_node fm_graph_linear_layer(struct fm_builder *b, struct fm_node x, size_t width,
                                     const char *layer)
{
    const struct fm_net_node *input = &b->net->nodes[x.index];
    const double bound = 1 / sqrt((double)input->width);
    struct fm_net_node node = fm_node_of(&fm_op_linear, x, input);
    struct fm_parameter weight = {
        .n_rows = input->width, .n_columns = width, .spread = bound};
    const struct fm_parameter bias = {
        .n_rows = 1, .n_columns = width, .is_vector = true, .spread = bound};
    node.width = width;
    node.has_gradient = true;
    if (is_narrow(input, width)) {
        node.op = &fm_op_narrow;
        weight.n_rows = width;
        weight.n_columns = input->width;
        weight.is_transposed = true;
    }
    if (!fm_builder_parameter(b, layer, "weight", weight, &node.weight)
        || !fm_builder_parameter(b, layer, "bias", bias, &node.bias))
        return FM_NO_NODE;
    fm_builder_next_layer(b, layer);
    fm_builder_flops(
        b, 2.0 * (double)fm_positions(input) * (double)input->width * (double)width,
        input->has_gradient);
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_linear(struct fm_graph *g, struct fm_node x, size_t width)
{
    struct fm_builder *b = fm_builder_of(g);
    if (!fm_builder_input(b, x, "linear"))
        return FM_NO_NODE;
    if (width == 0 || width > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the width of a linear layer must be in [1, %d]",
                                  FM_MAX_WIDTH);
    return fm_graph_linear_layer(b, x, width, "linear");
}
