#include <config.h>

#include "nn/graph_token.h"

#include "nn/builder.h"

/* ---- norms ---- */

/* A node with its scale and shift; n_groups 0: layer norm.  n_saved: two moments for each group,
 * or for each position. */
static struct fm_node norm(struct fm_builder *b, struct fm_node x, size_t n_groups,
                           const char *layer)
{
    const struct fm_net_node *input = fm_builder_input(b, x, layer);
    if (!input)
        return FM_NO_NODE;
    const struct fm_parameter shift = {
        .n_rows = 1, .n_columns = input->width, .is_vector = true};
    struct fm_parameter scale = shift;
    scale.mean = 1;
    struct fm_net_node node = fm_node_of(&fm_op_norm, x, input);
    node.n_parts = n_groups;
    node.n_saved = fm_padded(2 * (n_groups > 0 ? n_groups : fm_positions(input)));
    node.n_scratch = FM_NORM_SCRATCH * fm_padded(input->width);
    node.has_gradient = true;
    if (!fm_builder_parameter(b, layer, "scale", scale, &node.weight)
        || !fm_builder_parameter(b, layer, "shift", shift, &node.bias))
        return FM_NO_NODE;
    fm_builder_next_layer(b, layer);
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_group_norm(struct fm_graph *g, struct fm_node a, size_t n_groups)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "group_norm");
    if (!input)
        return FM_NO_NODE;
    if (n_groups == 0 || input->width % n_groups != 0)
        return fm_builder_mistake(
            b, "group_norm needs a number of groups that divides the width, %zu, not %zu",
            input->width, n_groups);
    return norm(b, a, n_groups, "group_norm");
}

struct fm_node fm_graph_layer_norm(struct fm_graph *g, struct fm_node a)
{
    return norm(fm_builder_of(g), a, 0, "layer_norm");
}

/* ---- attention ---- */

struct fm_node fm_graph_attention(struct fm_graph *g, struct fm_node a, size_t n_heads)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "attention");
    if (!input)
        return FM_NO_NODE;
    const size_t width = input->width / 3, n_tokens = fm_positions(input);
    if (input->width % 3 != 0)
        return fm_builder_mistake(
            b,
            "attention needs query, key and value side by side: a width that 3 divides, "
            "not %zu",
            input->width);
    if (n_heads == 0 || width % n_heads != 0)
        return fm_builder_mistake(
            b,
            "attention needs a number of heads that divides a third of the width, %zu, "
            "not %zu",
            width, n_heads);
    struct fm_net_node node = fm_node_of(&fm_op_attention, a, input);
    node.width = width;
    node.n_parts = n_heads;
    node.n_saved = fm_padded(2 * n_heads * n_tokens);
    node.n_scratch = fm_attention_scratch(n_tokens, width / n_heads);
    fm_builder_flops(b, 4 * (double)n_tokens * (double)n_tokens * (double)width,
                     input->has_gradient);
    return fm_builder_add(b, node);
}

/* ---- learned tables ---- */

/* A node with its table of n_lines lines. */
static struct fm_node add_table(struct fm_builder *b, struct fm_net_node node,
                                size_t n_lines, double deviation, const char *layer)
{
    const struct fm_parameter table = {.n_rows = n_lines,
                                       .n_columns = node.width,
                                       .is_transposed = true,
                                       .spread = deviation,
                                       .is_normal = true};
    node.has_gradient = true;
    if (!fm_builder_parameter(b, layer, "weight", table, &node.weight))
        return FM_NO_NODE;
    fm_builder_next_layer(b, layer);
    return fm_builder_add(b, node);
}

struct fm_node fm_graph_position(struct fm_graph *g, struct fm_node a)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *input = fm_builder_input(b, a, "position");
    if (!input)
        return FM_NO_NODE;
    return add_table(b, fm_node_of(&fm_op_position, a, input), fm_positions(input), 0.02,
                     "position");
}

/* A line for each label, and the last one for rows without. */
struct fm_node fm_graph_label(struct fm_graph *g, size_t width)
{
    struct fm_builder *b = fm_builder_of(g);
    struct fm_net *net = b->net;
    if (net->shape.n_labels >= FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the data must have fewer than %d labels",
                                  FM_MAX_WIDTH);
    if (width == 0 || width > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the width of a label must be in [1, %d]",
                                  FM_MAX_WIDTH);
    struct fm_net_node node = fm_leaf_node(&fm_op_label, width);
    node.n_parts = net->n_labels = net->shape.n_labels + 1;
    return add_table(b, node, node.n_parts, 1, "label");
}
