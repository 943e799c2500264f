#include <config.h>

#include "nn/graph_token.h"

#include "nn/builder.h"

static const struct fm_node INVALID = {-1};

/* ---- norms ---- */

/* A node and its scale and shift; n_saved: two moments for each part. */
static struct fm_node norm(struct fm_builder *b, struct fm_node x, size_t n_groups,
                           const char *layer)
{
    const struct fm_net_node *input = fm_builder_input(b, x, layer);
    if (!input)
        return INVALID;
    const size_t n_moments = 2 * (n_groups > 0 ? n_groups : fm_positions(input));
    struct fm_net_node node = {.op = &fm_op_norm,
                               .a = x.index,
                               .b = -1,
                               .height = input->height,
                               .line = input->line,
                               .width = input->width,
                               .n_parts = n_groups,
                               .n_saved = fm_padded(n_moments),
                               .n_scratch = 10 * fm_padded(input->width),
                               .has_gradient = true};
    const struct fm_parameter shift = {
        .n_rows = 1, .n_columns = input->width, .is_vector = true};
    struct fm_parameter scale = shift;
    scale.mean = 1;
    if (!fm_builder_parameter(b, layer, "scale", scale, &node.weight)
        || !fm_builder_parameter(b, layer, "shift", shift, &node.bias))
        return INVALID;
    fm_builder_next_layer(b, layer);
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_group_norm(struct fm_graph *g, struct fm_node a, size_t n_groups)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "group_norm");
    if (!input)
        return INVALID;
    if (n_groups == 0 || input->width % n_groups != 0)
        return fm_builder_mistake(b, "group_norm needs a number of groups that divides the "
                                     "width");
    return norm(b, a, n_groups, "group_norm");
}

struct fm_node fm_graph_layer_norm(struct fm_graph *g, struct fm_node a)
{
    return norm(fm_builder_of(g), a, 0, "layer_norm");
}

/* ---- products ---- */

struct fm_node fm_graph_multiply(struct fm_graph *g, struct fm_node x, struct fm_node y)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, "multiply");
    const struct fm_net_node *q = fm_builder_input(b, y, "multiply");
    if (!p || !q)
        return INVALID;
    if (p->width != q->width)
        return fm_builder_mistake(b, "multiply of two nodes of different widths");
    if ((p->height != q->height || p->line != q->line) && fm_positions(q) != 1)
        return fm_builder_mistake(b, "multiply of images of different sizes");
    return fm_builder_add(b, (struct fm_net_node){.op = &fm_op_multiply,
                                                  .a = x.index,
                                                  .b = y.index,
                                                  .height = p->height,
                                                  .line = p->line,
                                                  .width = p->width});
}

struct fm_node fm_graph_attention(struct fm_graph *g, struct fm_node a, size_t n_heads)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "attention");
    if (!input)
        return INVALID;
    const size_t width = input->width / 3, n_tokens = fm_positions(input);
    if (input->width % 3 != 0)
        return fm_builder_mistake(b, "attention needs query, key and value behind each "
                                     "other: a width that 3 divides");
    if (n_heads == 0 || width % n_heads != 0)
        return fm_builder_mistake(b,
                                  "attention needs a number of heads that divides a third "
                                  "of the width");
    fm_builder_flops(b, 4 * (double)n_tokens * (double)n_tokens * (double)width,
                     input->has_gradient);
    return fm_builder_add(
        b,
        (struct fm_net_node){.op = &fm_op_attention,
                             .a = a.index,
                             .b = -1,
                             .height = input->height,
                             .line = input->line,
                             .width = width,
                             .n_parts = n_heads,
                             .n_saved = fm_padded(2 * n_heads * n_tokens),
                             .n_scratch = fm_attention_scratch(n_tokens, width / n_heads)});
}

/* ---- tables ---- */

struct fm_node fm_graph_position(struct fm_graph *g, struct fm_node a)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "position");
    if (!input)
        return INVALID;
    struct fm_net_node node = {.op = &fm_op_position,
                               .a = a.index,
                               .b = -1,
                               .height = input->height,
                               .line = input->line,
                               .width = input->width,
                               .has_gradient = true};
    const struct fm_parameter table = {.n_rows = fm_positions(input),
                                       .n_columns = input->width,
                                       .is_transposed = true,
                                       .spread = 0.02,
                                       .is_normal = true};
    if (!fm_builder_parameter(b, "position", "weight", table, &node.weight))
        return INVALID;
    fm_builder_next_layer(b, "position");
    return fm_builder_add(b, node);
}

/* One vector for each label, and the last for rows without one. */
struct fm_node fm_graph_label(struct fm_graph *g, size_t width)
{
    struct fm_builder *b = fm_builder_of(g);
    struct fm_net *net = fm_builder_net(b);
    if (net->shape.n_labels >= FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the data must have fewer than 1048576 labels");
    if (width == 0 || width > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the width of a label must be in [1, 1048576]");
    const size_t n_labels = net->shape.n_labels + 1;
    struct fm_net_node node = {.op = &fm_op_label,
                               .a = -1,
                               .b = -1,
                               .height = 1,
                               .line = 1,
                               .width = width,
                               .n_parts = n_labels,
                               .has_gradient = true};
    const struct fm_parameter table = {.n_rows = n_labels,
                                       .n_columns = width,
                                       .is_transposed = true,
                                       .spread = 1,
                                       .is_normal = true};
    if (!fm_builder_parameter(b, "label", "weight", table, &node.weight))
        return INVALID;
    net->n_labels = n_labels;
    fm_builder_next_layer(b, "label");
    return fm_builder_add(b, node);
}
