#include <config.h>

#include "nn/net.h"

#include "base/error.h"
#include "base/stream.h"
#include "nn/internal.h"

#include <fmrun/rng.h>
#include <string.h>

size_t fm_net_dim(const struct fm_net *net)
{
    return net->dim;
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

static size_t element(const struct fm_parameter *p, size_t i, size_t j)
{
    return p->offset + j / FM_PANEL * p->n_rows * FM_PANEL + i * FM_PANEL + j % FM_PANEL;
}

void fm_net_initialise(const struct fm_net *net, uint64_t seed, fm_real *block)
{
    memset(block, 0, net->block_size * sizeof *block);
    for (size_t k = 0; k < net->n_parameters; k++) {
        const struct fm_parameter *p = &net->parameters[k];
        struct fm_stream stream = {seed, FM_STREAM_INITIAL, (uint32_t)k};
        for (size_t i = 0; i < p->n_rows; i++) {
            struct fm_rng r = fm_rng_at(stream, i);
            for (size_t j = 0; j < p->n_columns; j++)
                block[element(p, i, j)] =
                    (fm_real)((float)(p->bound * (2 * fm_rng_uniform(&r) - 1)));
        }
    }
}

void fm_parameter_export(const struct fm_parameter *p, const fm_real *block, float *out)
{
    for (size_t j = 0; j < p->n_columns; j++)
        for (size_t i = 0; i < p->n_rows; i++)
            out[j * p->n_rows + i] = (float)block[element(p, i, j)];
}

void fm_parameter_import(const struct fm_parameter *p, const float *in, fm_real *block)
{
    for (size_t j = 0; j < p->n_columns; j++)
        for (size_t i = 0; i < p->n_rows; i++)
            block[element(p, i, j)] = (fm_real)in[j * p->n_rows + i];
}

size_t fm_net_transposed_size(const struct fm_net *net)
{
    return net->transposed_size;
}

void fm_net_transpose(const struct fm_net *net, const fm_real *block, fm_real *transposed)
{
    for (size_t k = 0; k < net->n_nodes; k++) {
        const struct fm_net_node *node = &net->nodes[k];
        if (node->op != FM_OP_LINEAR || !net->nodes[node->a].has_gradient)
            continue;
        size_t n_inputs = net->nodes[node->a].width, n_outputs = node->width;
        const fm_real *from = block + node->weight;
        fm_real *to = transposed + node->transposed;
        for (size_t j = 0; j < n_outputs; j++) {
            const fm_real *column =
                from + j / FM_PANEL * n_inputs * FM_PANEL + j % FM_PANEL;
            for (size_t i = 0; i < n_inputs; i++)
                to[i / FM_PANEL * n_outputs * FM_PANEL + j * FM_PANEL + i % FM_PANEL] =
                    column[i * FM_PANEL];
        }
    }
}

enum fm_status fm_net_workspace(struct fm_arena *arena, const struct fm_net *net,
                                enum fm_net_mode mode, struct fm_net_workspace **workspace,
                                struct fm_error *err)
{
    size_t size = net->value_size * FM_BLOCK_ROWS;
    struct fm_net_workspace *w = FM_NEW(arena, 1, struct fm_net_workspace);
    if (!w)
        return fm_out_of_memory(err);
    w->mode = mode;
    w->values = FM_NEW(arena, size, fm_real);
    if (mode != FM_NET_FORWARD) {
        w->gradients = FM_NEW(arena, size, fm_real);
        w->derivatives = FM_NEW(arena, size, fm_real);
    }
    if (!w->values || (mode != FM_NET_FORWARD && (!w->gradients || !w->derivatives)))
        return fm_out_of_memory(err);
    *workspace = w;
    return FM_OK;
}

const fm_real *fm_net_forward(const struct fm_net *net, const fm_real *block,
                              struct fm_net_workspace *w, size_t n, const double *t,
                              const fm_real *x)
{
    FM_ASSERT(n <= FM_BLOCK_ROWS);
    w->t = t;
    for (size_t k = 0; k < net->n_nodes; k++)
        fm_op_forward(net, &net->nodes[k], block, w, n, x);
    return fm_node_rows(w->values, &net->nodes[net->output]);
}

fm_real *fm_net_output_gradient(const struct fm_net *net, struct fm_net_workspace *w)
{
    FM_ASSERT(w->mode == FM_NET_REVERSE);
    return fm_node_rows(w->gradients, &net->nodes[net->output]);
}

void fm_net_reverse(const struct fm_net *net, const fm_real *transposed,
                    struct fm_net_workspace *w, size_t n, fm_real *gradient)
{
    FM_ASSERT(w->mode == FM_NET_REVERSE && n <= FM_BLOCK_ROWS);
    for (size_t k = 0; k < net->n_nodes; k++) {
        const struct fm_net_node *node = &net->nodes[k];
        if ((int32_t)k != net->output && node->has_gradient)
            memset(fm_node_rows(w->gradients, node), 0, n * node->stride * sizeof(fm_real));
    }
    for (size_t k = net->n_nodes; k-- > 0;)
        fm_op_reverse(net, &net->nodes[k], transposed, w, n, gradient);
}

const fm_real *fm_net_jvp(const struct fm_net *net, const fm_real *block,
                          struct fm_net_workspace *w, size_t n, const fm_real *dx)
{
    FM_ASSERT(w->mode == FM_NET_JVP && n <= FM_BLOCK_ROWS);
    for (size_t k = 0; k < net->n_nodes; k++)
        fm_op_jvp(net, &net->nodes[k], block, w, n, dx);
    return fm_node_rows(w->gradients, &net->nodes[net->output]);
}
