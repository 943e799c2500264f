#include <config.h>

#include "nn/net.h"

#include "base/error.h"
#include "base/stream.h"
#include "nn/builder.h"
#include "nn/compile.h"
#include "nn/graph_ops.h"

#include <fmrun/rng.h>
#include <string.h>

enum fm_status fm_net_compile(struct fm_arena *arena, const struct fm_sample_shape *shape,
                              void (*build)(const void *options, struct fm_graph *g),
                              const void *options, struct fm_net **net,
                              struct fm_error *err)
{
    struct fm_builder b;
    FM_TRY(fm_builder_init(&b, &fm_graph_ops, arena, shape, err));
    build(options, &b.base);
    FM_TRY(fm_builder_finish(&b, err));
    FM_TRY(fm_compile(arena, b.net, err));
    *net = b.net;
    return FM_OK;
}

size_t fm_net_dim(const struct fm_net *net)
{
    return net->shape.dim;
}

size_t fm_net_block_rows(const struct fm_net *net)
{
    return net->block_rows;
}

size_t fm_net_n_labels(const struct fm_net *net)
{
    return net->n_labels;
}

size_t fm_net_block_size(const struct fm_net *net)
{
    return net->block_size;
}

size_t fm_net_n_parameters(const struct fm_net *net)
{
    return net->n_true_parameters;
}

double fm_net_forward_flops(const struct fm_net *net)
{
    return net->forward_flops;
}

double fm_net_train_flops(const struct fm_net *net)
{
    return net->train_flops;
}

const struct fm_parameter *fm_net_parameters(const struct fm_net *net, size_t *n)
{
    *n = net->n_parameters;
    return net->parameters;
}

static size_t element(const struct fm_parameter *p, size_t tap, size_t i, size_t j)
{
    return p->offset + tap * p->n_rows * fm_padded(p->n_columns)
           + j / FM_PANEL * p->n_rows * FM_PANEL + i * FM_PANEL + j % FM_PANEL;
}

void fm_net_initialise(const struct fm_net *net, uint64_t seed, fm_real *block)
{
    memset(block, 0, net->block_size * sizeof *block);
    for (size_t k = 0; k < net->n_parameters; k++) {
        const struct fm_parameter *p = &net->parameters[k];
        struct fm_stream stream = {seed, FM_STREAM_INITIAL, (uint32_t)k};
        size_t n_lines = p->is_transposed ? p->n_columns : p->n_rows;
        size_t n_entries = p->is_transposed ? p->n_rows : p->n_columns;
        for (size_t line = 0; line < p->n_taps * n_lines; line++) {
            struct fm_rng r = fm_rng_at(stream, line);
            size_t tap = line / n_lines, i = line % n_lines;
            for (size_t j = 0; j < n_entries; j++) {
                double u = p->is_normal ? fm_rng_normal(&r) : 2 * fm_rng_uniform(&r) - 1;
                size_t at =
                    p->is_transposed ? element(p, tap, j, i) : element(p, tap, i, j);
                block[at] = (fm_real)(float)(p->mean + p->spread * u);
            }
        }
    }
}

size_t fm_parameter_shape(const struct fm_parameter *p, size_t shape[3])
{
    shape[0] = p->is_transposed ? p->n_rows : p->n_columns;
    shape[1] = p->is_transposed ? p->n_columns : p->n_rows;
    shape[2] = p->n_taps;
    return p->n_taps > 1 ? 3 : p->is_vector ? 1 : 2;
}

/* The place in the block of the entry that is number `index` in PyTorch's order. */
static size_t exported(const struct fm_parameter *p, size_t index)
{
    size_t shape[3];
    (void)fm_parameter_shape(p, shape);
    size_t tap = index % p->n_taps, i = index / p->n_taps % shape[1];
    size_t j = index / p->n_taps / shape[1];
    return p->is_transposed ? element(p, tap, j, i) : element(p, tap, i, j);
}

void fm_parameter_export(const struct fm_parameter *p, const fm_real *block, float *out)
{
    for (size_t k = 0; k < p->n_taps * p->n_rows * p->n_columns; k++)
        out[k] = (float)block[exported(p, k)];
}

void fm_parameter_import(const struct fm_parameter *p, const float *in, fm_real *block)
{
    for (size_t k = 0; k < p->n_taps * p->n_rows * p->n_columns; k++)
        block[exported(p, k)] = (fm_real)in[k];
}

size_t fm_net_transposed_size(const struct fm_net *net)
{
    return net->transposed_size;
}

size_t fm_net_n_pieces(const struct fm_net *net)
{
    return net->n_pieces;
}

void fm_net_piece(const struct fm_net *net, size_t piece, size_t *first, size_t *count)
{
    const struct fm_net_piece *p = &net->pieces[piece];
    size_t panel = p->parameter->n_rows * FM_PANEL;
    *first = p->parameter->offset + p->first_panel * panel;
    *count = p->n_panels * panel;
}

void fm_net_transpose_piece(const struct fm_net *net, size_t piece, const fm_real *block,
                            fm_real *transposed)
{
    const struct fm_net_piece *p = &net->pieces[piece];
    if (p->node < 0)
        return;
    const struct fm_net_node *node = &net->nodes[p->node];
    node->op->transpose(net, node, p->first_panel, p->n_panels, block + node->weight,
                        transposed + node->transposed);
}

void fm_net_transpose(const struct fm_net *net, const fm_real *block, fm_real *transposed)
{
    for (size_t i = 0; i < net->n_pieces; i++)
        fm_net_transpose_piece(net, i, block, transposed);
}

enum fm_status fm_net_workspace(struct fm_arena *arena, const struct fm_net *net,
                                enum fm_net_mode mode, struct fm_net_workspace **workspace,
                                struct fm_error *err)
{
    const size_t rows = net->block_rows;
    const bool is_forward = mode == FM_NET_FORWARD;
    struct fm_net_workspace *w = FM_NEW(arena, 1, struct fm_net_workspace);
    if (!w)
        return fm_out_of_memory(err);
    w->mode = mode;
    w->values =
        FM_NEW(arena, rows * (is_forward ? net->reused_size : net->kept_size), fm_real);
    w->scratch = FM_NEW(arena, net->scratch_size, fm_real);
    if (!w->values || !w->scratch)
        return fm_out_of_memory(err);
    if (!is_forward) {
        size_t size = mode == FM_NET_JVP ? net->reused_size : net->gradient_size;
        w->saved = FM_NEW(arena, rows * net->saved_size, fm_real);
        w->gradients = FM_NEW(arena, rows * size, fm_real);
        if (!w->saved || !w->gradients)
            return fm_out_of_memory(err);
    }
    *workspace = w;
    return FM_OK;
}

const fm_real *fm_net_forward(const struct fm_net *net, const fm_real *block,
                              struct fm_net_workspace *w, size_t n,
                              const struct fm_net_input *input)
{
    FM_ASSERT(n <= net->block_rows && (net->n_labels == 0 || input->label));
    FM_ASSERT(!input->dropout.is_on || w->mode == FM_NET_REVERSE);
    w->n = n;
    w->input = *input;
    struct fm_op_call call = {.net = net, .w = w, .n = n, .parameters = block};
    for (size_t k = 0; k < net->n_nodes; k++) {
        call.node = &net->nodes[k];
        if (call.node->is_live)
            call.node->op->forward(&call);
    }
    return fm_value(&call, &net->nodes[net->output]);
}

fm_real *fm_net_output_gradient(const struct fm_net *net, struct fm_net_workspace *w)
{
    FM_ASSERT(w->mode == FM_NET_REVERSE);
    const struct fm_op_call call = {.net = net, .w = w};
    return fm_gradient(&call, &net->nodes[net->output]);
}

void fm_net_reverse(const struct fm_net *net, const fm_real *block,
                    const fm_real *transposed, struct fm_net_workspace *w, bool is_added,
                    fm_real *gradient)
{
    FM_ASSERT(w->mode == FM_NET_REVERSE);
    struct fm_op_call call = {.net = net,
                              .w = w,
                              .n = w->n,
                              .parameters = block,
                              .transposed = transposed,
                              .gradient = gradient,
                              .is_added = is_added};
    for (size_t k = net->n_nodes; k-- > 0;) {
        const struct fm_net_node *node = call.node = &net->nodes[k];
        if (!node->is_live || !node->has_gradient)
            continue;
        if (node->is_activated && !node->is_factored) {
            fm_real *g = fm_gradient(&call, node);
            fm_kernel()->multiply(false, fm_lines(&call, node) * node->stride, g,
                                  fm_derivative(&call, node), g);
        }
        node->op->reverse(&call);
    }
}

const fm_real *fm_net_jvp(const struct fm_net *net, const fm_real *block,
                          struct fm_net_workspace *w, const fm_real *dx)
{
    FM_ASSERT(w->mode == FM_NET_JVP);
    struct fm_op_call call = {.net = net, .w = w, .n = w->n, .parameters = block, .dx = dx};
    for (size_t k = 0; k < net->n_nodes; k++) {
        call.node = &net->nodes[k];
        if (call.node->is_live)
            call.node->op->jvp(&call);
    }
    return fm_tangent(&call, &net->nodes[net->output]);
}
