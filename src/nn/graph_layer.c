#include <config.h>

#include "nn/graph_layer.h"

#include <math.h>

static const struct fm_node INVALID = {-1};

/* ---- shapes ---- */

struct fm_node fm_graph_concat(struct fm_graph *g, struct fm_node x, struct fm_node y)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, "concat");
    const struct fm_net_node *q = fm_builder_input(b, y, "concat");
    if (!p || !q)
        return INVALID;
    if (p->height != q->height || p->line != q->line)
        return fm_builder_mistake(b, "concat of images of different sizes");
    return fm_builder_add(b, (struct fm_net_node){.op = &fm_op_concat,
                                                  .a = x.index,
                                                  .b = y.index,
                                                  .height = p->height,
                                                  .line = p->line,
                                                  .width = p->width + q->width});
}

struct fm_node fm_graph_add(struct fm_graph *g, struct fm_node x, struct fm_node y)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, "add");
    const struct fm_net_node *q = fm_builder_input(b, y, "add");
    if (!p || !q)
        return INVALID;
    if (p->width != q->width)
        return fm_builder_mistake(b, "add of two nodes of different widths");
    if ((p->height != q->height || p->line != q->line) && fm_positions(q) != 1)
        return fm_builder_mistake(b, "add of images of different sizes");
    return fm_builder_add(b, (struct fm_net_node){.op = &fm_op_add,
                                                  .a = x.index,
                                                  .b = y.index,
                                                  .height = p->height,
                                                  .line = p->line,
                                                  .width = p->width});
}

struct fm_node fm_graph_reshape(struct fm_graph *g, struct fm_node x, size_t height,
                                size_t width, size_t channels)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, "reshape");
    if (!p)
        return INVALID;
    size_t size = fm_positions(p) * p->width;
    if (height == 0 || width == 0 || channels == 0 || height > size || width > size / height
        || channels != size / height / width || height * width * channels != size)
        return fm_builder_mistake(b, "reshape must keep the number of entries");
    return fm_builder_add(b, (struct fm_net_node){.op = &fm_op_reshape,
                                                  .a = x.index,
                                                  .b = -1,
                                                  .height = height,
                                                  .line = width,
                                                  .width = channels});
}

/* ---- layers ---- */

/* Few outputs waste most of a panel: they are dot products of whole rows. */
static bool is_narrow(const struct fm_net_node *input, size_t width)
{
    return width <= FM_PANEL / 4 && input->width % FM_PANEL == 0;
}

struct fm_node fm_graph_linear_layer(struct fm_builder *b, struct fm_node x, size_t width,
                                     const char *layer)
{
    const struct fm_net_node *input = &b->net->nodes[x.index];
    struct fm_net_node node = {.op =
                                   is_narrow(input, width) ? &fm_op_narrow : &fm_op_linear,
                               .a = x.index,
                               .b = -1,
                               .height = input->height,
                               .line = input->line,
                               .width = width,
                               .has_gradient = true};
    const double bound = 1 / sqrt((double)input->width);
    struct fm_parameter weight = {
        .n_rows = input->width, .n_columns = width, .spread = bound};
    if (node.op == &fm_op_narrow)
        weight = (struct fm_parameter){.n_rows = width,
                                       .n_columns = input->width,
                                       .is_transposed = true,
                                       .spread = bound};
    if (!fm_builder_parameter(b, layer, "weight", weight, &node.weight)
        || !fm_builder_parameter(
            b, layer, "bias",
            (struct fm_parameter){
                .n_rows = 1, .n_columns = width, .is_vector = true, .spread = bound},
            &node.bias))
        return INVALID;
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
        return INVALID;
    if (width == 0 || width > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the width of a linear layer must be in [1, 1048576]");
    return fm_graph_linear_layer(b, x, width, "linear");
}

struct fm_node fm_graph_activation(struct fm_graph *g, struct fm_node x,
                                   enum fm_activation f)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, x, "activation");
    if (!input)
        return INVALID;
    if ((unsigned)f >= FM_N_ACTIVATIONS)
        return fm_builder_mistake(b, "unknown activation");
    return fm_builder_add(
        b, (struct fm_net_node){.op = &fm_op_activation,
                                .a = x.index,
                                .b = -1,
                                .height = input->height,
                                .line = input->line,
                                .width = input->width,
                                .n_saved = fm_positions(input) * fm_padded(input->width),
                                .activation = f});
}
