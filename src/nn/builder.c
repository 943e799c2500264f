#include <config.h>

#include "nn/builder.h"

#include "base/error.h"

#include <string.h>

enum { MAX_WEIGHTS = 1 << 30 }; /* of a layer */

enum fm_status fm_builder_init(struct fm_builder *b, const struct fm_graph_ops *ops,
                               struct fm_arena *arena, const struct fm_sample_shape *shape,
                               struct fm_error *err)
{
    *b = (struct fm_builder){.base = {ops}, .arena = arena};
    b->net = FM_NEW(arena, 1, struct fm_net);
    if (!b->net)
        return fm_out_of_memory(err);
    b->net->nodes = FM_NEW(arena, FM_MAX_NODES, struct fm_net_node);
    b->net->parameters = FM_NEW(arena, 2 * FM_MAX_NODES, struct fm_parameter);
    if (!b->net->nodes || !b->net->parameters)
        return fm_out_of_memory(err);
    b->net->shape = *shape;
    b->net->output = -1;
    return FM_OK;
}

enum fm_status fm_builder_finish(struct fm_builder *b, struct fm_error *err)
{
    if (b->net->output < 0)
        (void)fm_builder_mistake(b, "no output was declared: call fm_output once");
    return b->error.status == FM_OK ? FM_OK
                                    : fm_fail(err, b->error.status, "%s", b->error.message);
}

struct fm_builder *fm_builder_of(struct fm_graph *g)
{
    return (struct fm_builder *)g;
}

struct fm_node fm_builder_mistake(struct fm_builder *b, const char *format, ...)
{
    if (b->error.status == FM_OK) {
        va_list arguments;
        va_start(arguments, format);
        b->error.status = FM_ERROR_PLUGIN;
        (void)vsnprintf(b->error.message, sizeof b->error.message, format, arguments);
        va_end(arguments);
    }
    return FM_NO_NODE;
}

const struct fm_net_node *fm_builder_input(struct fm_builder *b, struct fm_node x,
                                           const char *layer)
{
    if (b->error.status == FM_OK && x.index >= 0 && (size_t)x.index < b->net->n_nodes)
        return &b->net->nodes[x.index];
    (void)fm_builder_mistake(b, "%s of a node that does not exist", layer);
    return NULL;
}

struct fm_net_node fm_leaf_node(const struct fm_op *op, size_t width)
{
    return (struct fm_net_node){
        .op = op, .a = -1, .b = -1, .image_height = 1, .image_width = 1, .width = width};
}

struct fm_net_node fm_node_of(const struct fm_op *op, struct fm_node x,
                              const struct fm_net_node *input)
{
    return (struct fm_net_node){.op = op,
                                .a = x.index,
                                .b = -1,
                                .image_height = input->image_height,
                                .image_width = input->image_width,
                                .width = input->width};
}

struct fm_node fm_builder_add(struct fm_builder *b, struct fm_net_node node)
{
    struct fm_net *net = b->net;
    if (b->error.status != FM_OK)
        return FM_NO_NODE;
    if (net->n_nodes == FM_MAX_NODES)
        return fm_builder_mistake(
            b, "the network has too many layers: the limit is %d nodes", FM_MAX_NODES);
    if (node.width == 0 || node.width > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the width of a layer must be in [1, %d]",
                                  FM_MAX_WIDTH);
    const size_t positions = fm_positions(&node);
    if (positions == 0 || positions > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "an image must have 1 to %d pixels", FM_MAX_WIDTH);
    node.stride = fm_padded(node.width);
    node.owner = (int32_t)net->n_nodes;
    if ((node.a >= 0 && net->nodes[node.a].has_gradient)
        || (node.b >= 0 && net->nodes[node.b].has_gradient))
        node.has_gradient = true;
    net->nodes[net->n_nodes] = node;
    return (struct fm_node){(int32_t)net->n_nodes++};
}

/* The number of layers of that name so far. */
static size_t *count_of(struct fm_builder *b, const char *layer)
{
    size_t i = 0;
    while (i < FM_MAX_LAYER_NAMES - 1 && b->counts[i].layer
           && strcmp(b->counts[i].layer, layer) != 0)
        i++;
    b->counts[i].layer = layer;
    return &b->counts[i].n;
}

void fm_builder_next_layer(struct fm_builder *b, const char *layer)
{
    ++*count_of(b, layer);
}

bool fm_builder_parameter(struct fm_builder *b, const char *layer, const char *kind,
                          struct fm_parameter p, size_t *offset)
{
    struct fm_net *net = b->net;
    char name[64];
    if (p.n_taps == 0)
        p.n_taps = 1;
    if (net->n_parameters == 2 * FM_MAX_NODES) {
        (void)fm_builder_mistake(b, "the network has too many parameters");
        return false;
    }
    if (p.n_rows * p.n_columns > MAX_WEIGHTS / p.n_taps) {
        (void)fm_builder_mistake(b, "a layer has more than 2^30 weights");
        return false;
    }
    (void)snprintf(name, sizeof name, "%s.%zu.%s", layer, *count_of(b, layer), kind);
    char *copy = fm_arena_text(b->arena, name);
    if (!copy) {
        (void)fm_out_of_memory(&b->error);
        return false;
    }
    p.name = copy;
    *offset = p.offset = net->block_size;
    net->parameters[net->n_parameters++] = p;
    net->block_size += p.n_taps * p.n_rows * fm_padded(p.n_columns);
    net->n_true_parameters += p.n_taps * p.n_rows * p.n_columns;
    return true;
}

void fm_builder_flops(struct fm_builder *b, double flops, bool has_input_gradient)
{
    b->net->forward_flops += flops;
    b->net->train_flops += flops * (has_input_gradient ? 3 : 2);
}
