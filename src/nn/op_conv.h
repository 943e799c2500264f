/* What the kinds of convolution share. */
#ifndef FM_NN_OP_CONV_H
#define FM_NN_OP_CONV_H

#include "nn/node.h"

enum { FM_MAX_KERNEL = 3, FM_MAX_TAPS = FM_MAX_KERNEL * FM_MAX_KERNEL };

/* One axis of a convolution that sums up at n_to pixels from n_from: pixel `to` has at tap k the
 * neighbour to step + k - kernel / 2, or backward the one of which it is that neighbour. */
struct fm_conv_axis {
    size_t n_from, n_to, kernel, step;
    bool is_backward;
};

/* n pixels with the same taps, number `to` the first of them, and its neighbours. */
struct fm_conv_run {
    size_t to, n, n_taps;
    size_t tap[FM_MAX_KERNEL], from[FM_MAX_KERNEL];
};

/* All pixels that have this tap, one behind the other (forward); n_taps 1, or n = 0. */
struct fm_conv_run fm_conv_pixels(const struct fm_conv_axis *x, size_t tap);

/* The gradient of the input, if it has one. */
void fm_conv_input_reverse(const struct fm_op_call *c);

/* The transposed copy: each tap's matrix by itself. */
size_t fm_conv_transposed_size(const struct fm_net *net, const struct fm_net_node *node);
void fm_conv_transpose(const struct fm_net *net, const struct fm_net_node *node,
                       size_t first, size_t n, const fm_real *weight, fm_real *transposed);

#endif
