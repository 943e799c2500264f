/* From the calls of a network plugin to the list of nodes of a net. */
#include <config.h>

#include "base/error.h"
#include "nn/internal.h"

#include <math.h>
#include <string.h>

enum { MAX_KINDS = 16, MAX_INPUT_WEIGHTS = 1 << 30 };

struct fm_builder {
    struct fm_graph base; /* first: a struct fm_graph * is a struct fm_builder * */
    struct fm_arena *arena;
    struct fm_net *net;
    struct fm_error error;
    struct {
        const char *layer;
        size_t n;
    } counts[MAX_KINDS];
};

static const struct fm_node INVALID = {-1};

struct fm_builder *fm_builder_of(struct fm_graph *g)
{
    return (struct fm_builder *)g;
}

struct fm_net *fm_builder_net(struct fm_builder *b)
{
    return b->net;
}

struct fm_node fm_builder_mistake(struct fm_builder *b, const char *what)
{
    if (b->error.status == FM_OK)
        (void)fm_fail(&b->error, FM_ERROR_PLUGIN, "%s", what);
    return INVALID;
}

const struct fm_net_node *fm_builder_input(struct fm_builder *b, struct fm_node x,
                                           const char *what)
{
    if (b->error.status == FM_OK && x.index >= 0 && (size_t)x.index < b->net->n_nodes)
        return &b->net->nodes[x.index];
    if (b->error.status == FM_OK)
        (void)fm_fail(&b->error, FM_ERROR_PLUGIN, "%s of a node that does not exist", what);
    return NULL;
}

struct fm_node fm_builder_add(struct fm_builder *b, struct fm_net_node node)
{
    struct fm_net *net = b->net;
    if (b->error.status != FM_OK)
        return INVALID;
    if (net->n_nodes == FM_MAX_NODES)
        return fm_builder_mistake(
            b, "the network has too many layers: the limit is 4096 nodes");
    if (node.width == 0 || node.width > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the width of a layer must be in [1, 1048576]");
    size_t positions = node.height * node.line;
    if (positions == 0 || positions > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the pixels of an image must be 1 to 1048576");
    node.stride = fm_padded(node.width);
    node.owner = (int32_t)net->n_nodes;
    if ((node.a >= 0 && net->nodes[node.a].has_gradient)
        || (node.b >= 0 && net->nodes[node.b].has_gradient))
        node.has_gradient = true;
    net->nodes[net->n_nodes] = node;
    return (struct fm_node){(int32_t)net->n_nodes++};
}

/* The place of that layer's count. */
static size_t *count_of(struct fm_builder *b, const char *layer)
{
    size_t i = 0;
    while (i < MAX_KINDS - 1 && b->counts[i].layer
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
    if (p.n_rows * p.n_columns > MAX_INPUT_WEIGHTS / p.n_taps) {
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

/* ---- inputs ---- */

static size_t sample_dim(const struct fm_graph *g)
{
    return ((const struct fm_builder *)g)->net->shape.dim;
}

static void image_shape(const struct fm_graph *g, size_t *height, size_t *width,
                        size_t *channels)
{
    const struct fm_sample_shape *shape = &((const struct fm_builder *)g)->net->shape;
    *height = shape->height;
    *width = shape->width;
    *channels = shape->channels;
}

static size_t n_labels(const struct fm_graph *g)
{
    return ((const struct fm_builder *)g)->net->shape.n_labels;
}

static struct fm_node input_x(struct fm_graph *g)
{
    struct fm_builder *b = fm_builder_of(g);
    return fm_builder_add(b, (struct fm_net_node){.op = &fm_op_x,
                                                  .a = -1,
                                                  .b = -1,
                                                  .height = 1,
                                                  .line = 1,
                                                  .width = b->net->shape.dim});
}

static struct fm_node time_features(struct fm_graph *g, enum fm_time_features kind,
                                    size_t n)
{
    struct fm_builder *b = fm_builder_of(g);
    double *frequencies = NULL;
    if (kind != FM_TIME_RAW && kind != FM_TIME_SINUSOIDAL && kind != FM_TIME_FOURIER)
        return fm_builder_mistake(b, "unknown kind of time features");
    if (kind != FM_TIME_RAW) {
        if (n == 0 || n > FM_MAX_WIDTH / 2)
            return fm_builder_mistake(b, "time features need 1 to 524288 frequencies");
        frequencies = FM_NEW(b->arena, n, double);
        if (!frequencies) {
            (void)fm_out_of_memory(&b->error);
            return INVALID;
        }
        for (size_t i = 0; i < n; i++)
            frequencies[i] =
                kind == FM_TIME_FOURIER
                    ? (double)(i + 1)
                    : 1000 / 6.28318530717958647692 * pow(10000, -(double)i / (double)n);
    }
    return fm_builder_add(b,
                          (struct fm_net_node){.op = &fm_op_time,
                                               .a = -1,
                                               .b = -1,
                                               .height = 1,
                                               .line = 1,
                                               .time = kind,
                                               .frequencies = frequencies,
                                               .width = kind == FM_TIME_RAW ? 1 : 2 * n});
}

/* ---- shapes ---- */

static struct fm_node concat(struct fm_graph *g, struct fm_node x, struct fm_node y)
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

static struct fm_node add(struct fm_graph *g, struct fm_node x, struct fm_node y)
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

static struct fm_node reshape(struct fm_graph *g, struct fm_node x, size_t height,
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

struct fm_node fm_builder_linear(struct fm_builder *b, struct fm_node x, size_t width,
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

static struct fm_node linear(struct fm_graph *g, struct fm_node x, size_t width)
{
    struct fm_builder *b = fm_builder_of(g);
    if (!fm_builder_input(b, x, "linear"))
        return INVALID;
    if (width == 0 || width > FM_MAX_WIDTH)
        return fm_builder_mistake(b, "the width of a linear layer must be in [1, 1048576]");
    return fm_builder_linear(b, x, width, "linear");
}

static struct fm_node activation(struct fm_graph *g, struct fm_node x, enum fm_activation f)
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

static void output(struct fm_graph *g, struct fm_node x)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, "output");
    if (!p)
        return;
    size_t dim = b->net->shape.dim;
    if (b->net->output >= 0)
        (void)fm_builder_mistake(b, "the output is declared twice");
    else if (fm_positions(p) * p->width != dim)
        (void)fm_builder_mistake(b, "the output must be as wide as a sample");
    else if (!p->has_gradient)
        (void)fm_builder_mistake(b, "the output depends on no parameter; a closed form "
                                    "belongs in evaluate");
    else
        b->net->output = fm_positions(p) == 1 ? x.index : reshape(g, x, 1, 1, dim).index;
}

static FM_FORMAT(2, 0) struct fm_node
    graph_fail(struct fm_graph *g, const char *format, va_list arguments)
{
    struct fm_builder *b = fm_builder_of(g);
    if (b->error.status == FM_OK) {
        b->error.status = FM_ERROR_CONFIG;
        (void)vsnprintf(b->error.message, sizeof b->error.message, format, arguments);
    }
    return INVALID;
}

static const struct fm_graph_ops graph_ops = {
    .size = sizeof graph_ops,
    .sample_dim = sample_dim,
    .image_shape = image_shape,
    .input_x = input_x,
    .time_features = time_features,
    .concat = concat,
    .add = add,
    .reshape = reshape,
    .linear = linear,
    .activation = activation,
    .convolution = fm_graph_convolution,
    .upsample = fm_graph_upsample,
    .downsample = fm_graph_downsample,
    .group_norm = fm_graph_group_norm,
    .layer_norm = fm_graph_layer_norm,
    .multiply = fm_graph_multiply,
    .attention = fm_graph_attention,
    .position = fm_graph_position,
    .label = fm_graph_label,
    .output = output,
    .n_labels = n_labels,
    .graph_fail = graph_fail,
    .mean_pool = fm_graph_mean_pool,
};

enum fm_status fm_net_compile(struct fm_arena *arena, const struct fm_sample_shape *shape,
                              void (*build)(const void *options, struct fm_graph *g),
                              const void *options, struct fm_net **net,
                              struct fm_error *err)
{
    struct fm_builder b = {.base = {&graph_ops}, .arena = arena};
    b.net = FM_NEW(arena, 1, struct fm_net);
    if (!b.net)
        return fm_out_of_memory(err);
    b.net->nodes = FM_NEW(arena, FM_MAX_NODES, struct fm_net_node);
    b.net->parameters = FM_NEW(arena, 2 * FM_MAX_NODES, struct fm_parameter);
    if (!b.net->nodes || !b.net->parameters)
        return fm_out_of_memory(err);
    b.net->shape = *shape;
    b.net->output = -1;
    build(options, &b.base);
    if (b.error.status == FM_OK && b.net->output < 0)
        (void)fm_builder_mistake(&b, "no output was declared");
    if (b.error.status != FM_OK)
        return fm_fail(err, b.error.status, "%s", b.error.message);
    FM_TRY(fm_compile(arena, b.net, err));
    *net = b.net;
    return FM_OK;
}
