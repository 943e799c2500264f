/* The compute engine: compiles the graph of a network plugin (fmrun/graph.h) and evaluates
 * it on blocks of rows, forward, in reverse mode (gradients) and in forward mode (JVP).
 *
 * Parameters, gradients and moments are one flat block each, so that the optimiser, the
 * checkpoint and the sum over shards need not know layers.  A block of fm_net_block_rows rows
 * goes through the whole network, forward and backward, while its values are in cache. */
#ifndef FM_NN_NET_H
#define FM_NN_NET_H

#include "base/arena.h"
#include "nn/real.h"
#include <fmrun/graph.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stdint.h>

enum { FM_BLOCK_ROWS = 64 }; /* the most rows of a block */

struct fm_net;

/* The shape of a row. */
struct fm_sample_shape {
    size_t dim; /* coordinates */
    /* Of an image [height][width][channels], whose product is dim; else 0. */
    size_t height, width, channels;
    /* Number of labels of the data; 0: rows have none. */
    size_t n_labels;
};

/* A named tensor within the flat block: n_taps matrices [n_rows][n_columns], each stored in
 * panels: element (tap, i, j) at
 *     offset + tap n_rows padded(n_columns)
 *     + (j / FM_PANEL) n_rows FM_PANEL + i FM_PANEL + j % FM_PANEL
 * The weight of a linear layer has n_rows inputs and n_columns outputs; layers with few outputs
 * have it the other way round, is_transposed.  A convolution has that for each tap.  Bias, scale
 * and shift have n_rows = 1. */
struct fm_parameter {
    const char *name; /* "linear.0.weight" */
    size_t offset, n_taps, n_rows, n_columns;
    bool is_transposed;
    bool is_vector; /* n_rows = 1; one-dimensional when exported */
    /* Initial values: uniform in mean +- spread, or normal with that mean and deviation. */
    double mean, spread;
    bool is_normal;
};

/* Compiles what build(options, graph) describes for samples of that shape.  The net lives in
 * arena.  FM_ERROR_PLUGIN: the graph's first mistake; FM_ERROR_CONFIG: build called
 * fm_graph_fail. */
FM_MUST_USE enum fm_status
fm_net_compile(struct fm_arena *arena, const struct fm_sample_shape *shape,
               void (*build)(const void *options, struct fm_graph *g), const void *options,
               struct fm_net **net, struct fm_error *err);

size_t fm_net_dim(const struct fm_net *net);
/* Rows that go through the net at once: FM_BLOCK_ROWS, or for images as many as have 1024 pixels
 * together, at least 1.  A function of the net alone. */
size_t fm_net_block_rows(const struct fm_net *net);
/* Number of lines of the net's label table, the last one for rows without a label; 0: the net takes
 * no labels. */
size_t fm_net_n_labels(const struct fm_net *net);
/* Reals in the flat block with padding; parameters without padding. */
size_t fm_net_block_size(const struct fm_net *net);
size_t fm_net_n_parameters(const struct fm_net *net);
/* Floating-point operations in the matrix products of one row: of forward; and of a training step,
 * which is forward, weight gradients, and input gradients of all layers but the first. */
double fm_net_forward_flops(const struct fm_net *net);
double fm_net_train_flops(const struct fm_net *net);
const struct fm_parameter *fm_net_parameters(const struct fm_net *net, size_t *n);

/* Writes initial values, a function of seed.  block: [fm_net_block_size]. */
void fm_net_initialise(const struct fm_net *net, uint64_t seed, fm_real *block);

/* The shape of one parameter in PyTorch's order: linear [outputs][inputs], convolution
 * [outputs][inputs][taps], bias [n].  Returns its rank, at most 3. */
size_t fm_parameter_shape(const struct fm_parameter *p, size_t shape[3]);
/* Copies its numbers in that order, as float, out of the block and into it. */
void fm_parameter_export(const struct fm_parameter *p, const fm_real *block, float *out);
void fm_parameter_import(const struct fm_parameter *p, const float *in, fm_real *block);

/* The flat block in pieces that threads share, each some panels of one tensor: entries *first ..
 * *first + *count - 1. */
size_t fm_net_n_pieces(const struct fm_net *net);
void fm_net_piece(const struct fm_net *net, size_t piece, size_t *first, size_t *count);

/* The transposed copy of the weights that reverse mode needs, [fm_net_transposed_size]: made for
 * one piece, and for the whole block. */
size_t fm_net_transposed_size(const struct fm_net *net);
void fm_net_transpose_piece(const struct fm_net *net, size_t piece, const fm_real *block,
                            fm_real *transposed);
void fm_net_transpose(const struct fm_net *net, const fm_real *block, fm_real *transposed);

/* Private memory of one thread for one net. */
struct fm_net_workspace;
enum fm_net_mode { FM_NET_FORWARD, FM_NET_REVERSE, FM_NET_JVP };
FM_MUST_USE enum fm_status fm_net_workspace(struct fm_arena *arena,
                                            const struct fm_net *net, enum fm_net_mode mode,
                                            struct fm_net_workspace **workspace,
                                            struct fm_error *err);

/* Whether dropout drops entries, and of which rows: first_row is the first row's number in the batch
 * of training step `step`. */
struct fm_net_dropout {
    bool is_on;
    uint64_t seed;
    uint32_t step;
    size_t first_row;
};

/* n rows.  t: [n]; x: [n][dim]; label: [n], each below fm_net_n_labels, or NULL for a net that
 * takes none. */
struct fm_net_input {
    const double *t;
    const fm_real *x;
    const uint32_t *label;
    struct fm_net_dropout dropout; /* zero: off; on a workspace for FM_NET_REVERSE only */
};

/* v(x_i, t_i) for n <= fm_net_block_rows rows.  The input must outlive fm_net_reverse and
 * fm_net_jvp.  Returns the output, [n][fm_padded(dim)], padding undefined; it lies in the
 * workspace until the next call. */
const fm_real *fm_net_forward(const struct fm_net *net, const fm_real *block,
                              struct fm_net_workspace *w, size_t n,
                              const struct fm_net_input *input);

/* After fm_net_forward on a workspace for FM_NET_REVERSE, with the same n: writes the gradient of
 * sum_ij d_output_ij output_ij to gradient, [fm_net_block_size], or adds it when is_added; leaves
 * entries alone that the output does not depend on.  Before the call the caller writes d_output,
 * [n][fm_padded(dim)], padding zero, to fm_net_output_gradient. */
fm_real *fm_net_output_gradient(const struct fm_net *net, struct fm_net_workspace *w);
void fm_net_reverse(const struct fm_net *net, const fm_real *block,
                    const fm_real *transposed, struct fm_net_workspace *w, bool is_added,
                    fm_real *gradient);

/* After fm_net_forward on a workspace for FM_NET_JVP, with the same n: the derivative of the output
 * along dx, [n][dim], at fixed t.  Returns [n][fm_padded(dim)], as fm_net_forward does. */
const fm_real *fm_net_jvp(const struct fm_net *net, const fm_real *block,
                          struct fm_net_workspace *w, const fm_real *dx);

#endif
