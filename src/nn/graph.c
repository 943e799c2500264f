/* From the calls of a network plugin to the list of nodes of a net. */
#include <config.h>

#include "base/error.h"
#include "nn/internal.h"

#include <math.h>
#include <string.h>

struct builder {
    struct fm_graph base; /* first: a struct fm_graph * is a struct builder * */
    struct fm_arena *arena;
    struct fm_net *net;
    struct fm_error error;
    size_t n_linears;
};

static const struct fm_node INVALID = {-1};

static struct builder *builder_of(struct fm_graph *g)
{
    return (struct builder *)g;
}

static struct fm_node mistake(struct builder *b, const char *what)
{
    if (b->error.status == FM_OK)
        (void)fm_fail(&b->error, FM_ERROR_PLUGIN, "%s", what);
    return INVALID;
}

static bool is_valid(const struct builder *b, struct fm_node a)
{
    return b->error.status == FM_OK && a.index >= 0 && (size_t)a.index < b->net->n_nodes;
}

static struct fm_node add_node(struct builder *b, struct fm_net_node node)
{
    struct fm_net *net = b->net;
    if (b->error.status != FM_OK)
        return INVALID;
    if (net->n_nodes == FM_MAX_NODES)
        return mistake(b, "the network has too many layers: the limit is 4096 nodes");
    if (node.width == 0 || node.width > FM_MAX_WIDTH)
        return mistake(b, "the width of a layer must be in [1, 1048576]");
    node.stride = fm_padded(node.width);
    node.offset = net->value_size;
    net->value_size += node.stride;
    net->nodes[net->n_nodes] = node;
    return (struct fm_node){(int32_t)net->n_nodes++};
}

static size_t sample_dim(const struct fm_graph *g)
{
    return ((const struct builder *)g)->net->dim;
}

static struct fm_node input_x(struct fm_graph *g)
{
    struct builder *b = builder_of(g);
    return add_node(
        b, (struct fm_net_node){.op = FM_OP_X, .a = -1, .b = -1, .width = b->net->dim});
}

static struct fm_node time_features(struct fm_graph *g, enum fm_time_features kind,
                                    size_t n)
{
    struct builder *b = builder_of(g);
    if (kind != FM_TIME_RAW && kind != FM_TIME_SINUSOIDAL && kind != FM_TIME_FOURIER)
        return mistake(b, "unknown kind of time features");
    if (kind != FM_TIME_RAW && (n == 0 || n > FM_MAX_WIDTH / 2))
        return mistake(b, "time features need 1 to 524288 frequencies");
    return add_node(b, (struct fm_net_node){.op = FM_OP_TIME,
                                            .a = -1,
                                            .b = -1,
                                            .time = kind,
                                            .n_frequencies = n,
                                            .width = kind == FM_TIME_RAW ? 1 : 2 * n});
}

static struct fm_node two_inputs(struct builder *b, enum fm_op op, struct fm_node x,
                                 struct fm_node y, size_t width)
{
    const struct fm_net_node *nodes = b->net->nodes;
    return add_node(b,
                    (struct fm_net_node){.op = op,
                                         .a = x.index,
                                         .b = y.index,
                                         .width = width,
                                         .has_gradient = nodes[x.index].has_gradient
                                                         || nodes[y.index].has_gradient});
}

static struct fm_node concat(struct fm_graph *g, struct fm_node x, struct fm_node y)
{
    struct builder *b = builder_of(g);
    if (!is_valid(b, x) || !is_valid(b, y))
        return mistake(b, "concat of a node that does not exist");
    const struct fm_net_node *nodes = b->net->nodes;
    return two_inputs(b, FM_OP_CONCAT, x, y, nodes[x.index].width + nodes[y.index].width);
}

static struct fm_node add(struct fm_graph *g, struct fm_node x, struct fm_node y)
{
    struct builder *b = builder_of(g);
    if (!is_valid(b, x) || !is_valid(b, y))
        return mistake(b, "add of a node that does not exist");
    const struct fm_net_node *nodes = b->net->nodes;
    if (nodes[x.index].width != nodes[y.index].width)
        return mistake(b, "add of two nodes of different widths");
    return two_inputs(b, FM_OP_ADD, x, y, nodes[x.index].width);
}

static bool add_parameter(struct builder *b, const char *kind, size_t n_rows,
                          size_t n_columns, double bound, size_t *offset)
{
    struct fm_net *net = b->net;
    char name[64];
    (void)snprintf(name, sizeof name, "linear.%zu.%s", b->n_linears, kind);
    char *copy = fm_arena_text(b->arena, name);
    if (!copy) {
        (void)fm_out_of_memory(&b->error);
        return false;
    }
    *offset = net->block_size;
    net->parameters[net->n_parameters++] =
        (struct fm_parameter){copy, *offset, n_rows, n_columns, bound};
    net->block_size += n_rows * fm_padded(n_columns);
    net->n_true_parameters += n_rows * n_columns;
    return true;
}

static struct fm_node linear(struct fm_graph *g, struct fm_node x, size_t width)
{
    struct builder *b = builder_of(g);
    struct fm_net *net = b->net;
    if (!is_valid(b, x))
        return mistake(b, "linear of a node that does not exist");
    if (width == 0 || width > FM_MAX_WIDTH)
        return mistake(b, "the width of a linear layer must be in [1, 1048576]");
    const struct fm_net_node *input = &net->nodes[x.index];
    size_t n_inputs = input->width;
    if (n_inputs * width > (size_t)1 << 31)
        return mistake(b, "a linear layer has more than 2^31 weights");
    struct fm_net_node node = {
        .op = FM_OP_LINEAR, .a = x.index, .b = -1, .width = width, .has_gradient = true};
    double bound = 1 / sqrt((double)n_inputs);
    if (!add_parameter(b, "weight", n_inputs, width, bound, &node.weight)
        || !add_parameter(b, "bias", 1, width, bound, &node.bias))
        return INVALID;
    b->n_linears++;
    node.transposed = net->transposed_size;
    if (input->has_gradient)
        net->transposed_size += width * fm_padded(n_inputs);
    double flops = 2.0 * (double)n_inputs * (double)width;
    net->forward_flops += flops;
    net->train_flops += flops * (input->has_gradient ? 3 : 2);
    return add_node(b, node);
}

static struct fm_node activation(struct fm_graph *g, struct fm_node x, enum fm_activation f)
{
    struct builder *b = builder_of(g);
    if (!is_valid(b, x))
        return mistake(b, "activation of a node that does not exist");
    if ((unsigned)f >= FM_N_ACTIVATIONS)
        return mistake(b, "unknown activation");
    const struct fm_net_node *input = &b->net->nodes[x.index];
    return add_node(b, (struct fm_net_node){.op = FM_OP_ACTIVATION,
                                            .a = x.index,
                                            .b = -1,
                                            .width = input->width,
                                            .activation = f,
                                            .has_gradient = input->has_gradient});
}

static void output(struct fm_graph *g, struct fm_node x)
{
    struct builder *b = builder_of(g);
    if (!is_valid(b, x))
        (void)mistake(b, "the output is a node that does not exist");
    else if (b->net->output >= 0)
        (void)mistake(b, "the output is declared twice");
    else if (b->net->nodes[x.index].width != b->net->dim)
        (void)mistake(b, "the output must be as wide as a sample");
    else if (!b->net->nodes[x.index].has_gradient)
        (void)mistake(b, "the output depends on no parameter; a closed form belongs in "
                         "evaluate");
    else
        b->net->output = x.index;
}

static const struct fm_graph_ops graph_ops = {
    .size = sizeof graph_ops,
    .sample_dim = sample_dim,
    .input_x = input_x,
    .time_features = time_features,
    .concat = concat,
    .add = add,
    .linear = linear,
    .activation = activation,
    .output = output,
};

enum fm_status fm_net_compile(struct fm_arena *arena, size_t dim,
                              void (*build)(const void *options, struct fm_graph *g),
                              const void *options, struct fm_net **net,
                              struct fm_error *err)
{
    struct builder b = {.base = {&graph_ops}, .arena = arena};
    b.net = FM_NEW(arena, 1, struct fm_net);
    if (!b.net)
        return fm_out_of_memory(err);
    b.net->nodes = FM_NEW(arena, FM_MAX_NODES, struct fm_net_node);
    b.net->parameters = FM_NEW(arena, 2 * FM_MAX_NODES, struct fm_parameter);
    if (!b.net->nodes || !b.net->parameters)
        return fm_out_of_memory(err);
    b.net->dim = dim;
    b.net->output = -1;
    build(options, &b.base);
    if (b.error.status == FM_OK && b.net->output < 0)
        (void)mistake(&b, "no output was declared");
    if (b.error.status != FM_OK)
        return fm_fail(err, b.error.status, "%s", b.error.message);
    *net = b.net;
    return FM_OK;
}
