/* The compute engine: compiles the graph of a network plugin (fmrun/graph.h) and evaluates
 * it on blocks of rows, forward, in reverse mode (gradients) and in forward mode (JVP).
 *
 * Parameters, gradients and moments are one flat block each, so that the optimiser, the
 * checkpoint and the sum over shards need not know layers.  A block of FM_BLOCK_ROWS rows
 * goes through the whole network, forward and backward, while its values are in cache. */
#ifndef FM_NN_NET_H
#define FM_NN_NET_H

#include "base/arena.h"
#include "nn/real.h"
#include <fmrun/graph.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stdint.h>

enum { FM_BLOCK_ROWS = 64 };

struct fm_net;

/* A named tensor within the flat block.  weight: [n_rows = inputs][n_columns = outputs],
 * stored in panels: element (i, j) at offset + (j / FM_PANEL) n_rows FM_PANEL + i FM_PANEL +
 * j % FM_PANEL.  bias: n_rows = 1. */
struct fm_parameter {
    const char *name; /* "linear.0.weight" */
    size_t offset, n_rows, n_columns;
    double bound; /* initial values are uniform in +-bound */
};

/* Compiles what build(options, graph) describes for samples of dim coordinates.  The net
 * lives in arena.  FM_ERROR_PLUGIN with the graph's first mistake. */
FM_MUST_USE enum fm_status
fm_net_compile(struct fm_arena *arena, size_t dim,
               void (*build)(const void *options, struct fm_graph *g), const void *options,
               struct fm_net **net, struct fm_error *err);

size_t fm_net_dim(const struct fm_net *net);
/* Reals in the flat block, padding included; and true parameters, without. */
size_t fm_net_block_size(const struct fm_net *net);
size_t fm_net_n_parameters(const struct fm_net *net);
/* Floating-point operations of the matrix products of one row: forward; and a training step
 * (forward, weight gradient, input gradient of all layers but the first). */
double fm_net_forward_flops(const struct fm_net *net);
double fm_net_train_flops(const struct fm_net *net);
const struct fm_parameter *fm_net_parameters(const struct fm_net *net, size_t *n);

/* Initial values from (seed, stream of initialisation). block: [block_size]. */
void fm_net_initialise(const struct fm_net *net, uint64_t seed, fm_real *block);

/* One parameter as [n_columns][n_rows] (weight, as PyTorch's nn.Linear) or [n_columns]
 * (bias), in float, and back. */
void fm_parameter_export(const struct fm_parameter *p, const fm_real *block, float *out);
void fm_parameter_import(const struct fm_parameter *p, const float *in, fm_real *block);

/* The copy of the weights that reverse mode needs; [fm_net_transposed_size]. */
size_t fm_net_transposed_size(const struct fm_net *net);
void fm_net_transpose(const struct fm_net *net, const fm_real *block, fm_real *transposed);

/* Private memory of one thread for one net. */
struct fm_net_workspace;
enum fm_net_mode { FM_NET_FORWARD, FM_NET_REVERSE, FM_NET_JVP };
FM_MUST_USE enum fm_status fm_net_workspace(struct fm_arena *arena,
                                            const struct fm_net *net, enum fm_net_mode mode,
                                            struct fm_net_workspace **workspace,
                                            struct fm_error *err);

/* v(x_i, t_i) for n <= FM_BLOCK_ROWS rows.  x: [n][dim]; t: [n].  Returns the output,
 * [n][fm_padded(dim)], inside the workspace until the next call. */
const fm_real *fm_net_forward(const struct fm_net *net, const fm_real *block,
                              struct fm_net_workspace *w, size_t n, const double *t,
                              const fm_real *x);

/* After fm_net_forward on a workspace for FM_NET_REVERSE, with the same n: adds the gradient
 * of sum_ij d_output_ij output_ij to gradient, [block_size].  d_output: where it is to be
 * written by the caller, [n][fm_padded(dim)], padding zero; get it from
 * fm_net_output_gradient. */
fm_real *fm_net_output_gradient(const struct fm_net *net, struct fm_net_workspace *w);
void fm_net_reverse(const struct fm_net *net, const fm_real *transposed,
                    struct fm_net_workspace *w, size_t n, fm_real *gradient);

/* After fm_net_forward on a workspace for FM_NET_JVP, with the same n: the directional
 * derivative of the output along dx: [n][dim] (t fixed); returns [n][fm_padded(dim)]. */
const fm_real *fm_net_jvp(const struct fm_net *net, const fm_real *block,
                          struct fm_net_workspace *w, size_t n, const fm_real *dx);

#endif
