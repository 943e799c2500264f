/* Networks timed alone, forward and backward on one fixed batch: no data, no optimiser. */
#include <config.h>

#include "bench.h"

#include "base/error.h"
#include "base/parallel.h"
#include <fmrun/graph.h>

#include <string.h>

struct bench_net {
    struct fm_net *net;
    size_t dim, batch, n_threads[BENCH_N_COUNTS];
    fm_real *parameters, *transposed;
    fm_real *x; /* [batch][dim] */
    double *t;  /* [batch] */
    /* per thread */
    struct fm_net_workspace **workspaces;
    fm_real **gradients;
};

/* ---- networks ---- */

/* Four 3x3 convolutions of 32 channels on 28x28, without activation, as conv_step in
 * bench/peer.py.  Neither computes the gradient of x. */
static void build_conv(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_reshape(g, fm_input_x(g), 28, 28, 32);
    for (int i = 0; i < 4; i++)
        h = fm_convolution(g, h, 32, 3, 1);
    fm_output(g, h);
}

static const struct definition {
    const char *name;
    void (*build)(const void *options, struct fm_graph *g);
    struct fm_sample_shape shape;
    size_t batch;
} definitions[] = {
    {"conv", build_conv, {32 * 28 * 28, 28, 28, 32}, 128},
};

/* ---- opening ---- */

static enum fm_status open_threads(struct bench *b, struct bench_net *n,
                                   struct fm_error *err)
{
    const size_t n_threads = b->n_threads[b->n_counts - 1];
    memcpy(n->n_threads, b->n_threads, sizeof n->n_threads);
    n->workspaces = FM_NEW(&b->arena, n_threads, struct fm_net_workspace *);
    n->gradients = FM_NEW(&b->arena, n_threads, fm_real *);
    if (!n->workspaces || !n->gradients)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n_threads; i++) {
        FM_TRY(fm_net_workspace(&b->arena, n->net, FM_NET_REVERSE, &n->workspaces[i], err));
        n->gradients[i] = FM_NEW(&b->arena, fm_net_block_size(n->net), fm_real);
        if (!n->gradients[i])
            return fm_out_of_memory(err);
    }
    return FM_OK;
}

static enum fm_status open_values(struct bench *b, struct bench_net *n,
                                  struct fm_error *err)
{
    n->parameters = FM_NEW(&b->arena, fm_net_block_size(n->net), fm_real);
    n->transposed = FM_NEW(&b->arena, fm_net_transposed_size(n->net), fm_real);
    n->x = FM_NEW(&b->arena, n->batch * n->dim, fm_real);
    n->t = FM_NEW(&b->arena, n->batch, double);
    if (!n->parameters || !n->transposed || !n->x || !n->t)
        return fm_out_of_memory(err);
    fm_net_initialise(n->net, 0, n->parameters);
    for (size_t i = 0; i < n->batch; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){.seed = 1, .stream = 1}, i);
        n->t[i] = fm_rng_uniform(&r);
        for (size_t j = 0; j < n->dim; j++)
            n->x[i * n->dim + j] = (fm_real)fm_rng_normal(&r);
    }
    return FM_OK;
}

enum fm_status bench_net_open(struct bench *b, const char *name, struct bench_net **net,
                              double *flops, struct fm_error *err)
{
    const struct definition *d = definitions;
    struct bench_net *n = *net = FM_NEW(&b->arena, 1, struct bench_net);
    while (strcmp(d->name, name) != 0)
        d++;
    if (!n)
        return fm_out_of_memory(err);
    n->dim = d->shape.dim;
    n->batch = d->batch;
    FM_TRY(fm_net_compile(&b->arena, &d->shape, d->build, NULL, &n->net, err));
    *flops = fm_net_train_flops(n->net);
    FM_TRY(open_values(b, n, err));
    return open_threads(b, n, err);
}

/* ---- timing ---- */

/* Forward and backward of a block of rows, with a gradient of 1 for each output. */
static void work(void *context, size_t item, size_t thread)
{
    const struct bench_net *n = context;
    const size_t block = fm_net_block_rows(n->net), first = item * block;
    const size_t rows = n->batch - first < block ? n->batch - first : block;
    const size_t stride = fm_padded(n->dim);
    const struct fm_net_input input = {.t = n->t + first, .x = n->x + first * n->dim};
    struct fm_net_workspace *w = n->workspaces[thread];
    (void)fm_net_forward(n->net, n->parameters, w, rows, &input);
    fm_real *d = fm_net_output_gradient(n->net, w);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n->dim; j++)
            d[i * stride + j] = 1;
    fm_net_reverse(n->net, n->parameters, n->transposed, w, true, n->gradients[thread]);
}

double bench_net_rate(struct bench_net *net, size_t count, double seconds)
{
    const size_t block = fm_net_block_rows(net->net);
    const size_t n_items = (net->batch + block - 1) / block;
    size_t n_rows = 0;
    double start = fm_seconds();
    for (int i = 0; i < 2 || fm_seconds() - start < seconds; i++) {
        fm_net_transpose(net->net, net->parameters, net->transposed);
        fm_parallel_for(net->n_threads[count], n_items, work, net);
        n_rows += net->batch;
        if (i == 0) { /* the first pass is the warm-up */
            n_rows = 0;
            start = fm_seconds();
        }
    }
    return (double)n_rows / (fm_seconds() - start);
}
