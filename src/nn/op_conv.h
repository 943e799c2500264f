/* What the kinds of convolution share. */
#ifndef FM_NN_OP_CONV_H
#define FM_NN_OP_CONV_H

#include "nn/node.h"

enum { FM_MAX_KERNEL = 3, FM_MAX_TAPS = FM_MAX_KERNEL * FM_MAX_KERNEL };

/* One axis of a convolution from n_from to n_to pixels.  The neighbour of pixel `to` at tap k is
 * to step + k - kernel / 2; backward, it is the pixel that has `to` as its neighbour at tap k. */
struct fm_conv_axis {
    size_t n_from, n_to, kernel, step;
    bool is_backward;
};

/* n pixels that have the same taps within the image.  to: the first of them; from: its neighbours. */
struct fm_conv_run {
    size_t to, n, n_taps;
    size_t tap[FM_MAX_KERNEL], from[FM_MAX_KERNEL];
};

/* All pixels that have this tap within the image, forward: n neighbouring ones, or n = 0. */
struct fm_conv_run fm_conv_pixels(const struct fm_conv_axis *x, size_t tap);

/* The gradient of the input, if it has one. */
void fm_conv_input_reverse(const struct fm_op_call *c);

/* For struct fm_op: the transposed copy is that of each tap's matrix. */
size_t fm_conv_transposed_size(const struct fm_net *net, const struct fm_net_node *node);
void fm_conv_transpose(const struct fm_net *net, const struct fm_net_node *node,
                       size_t first, size_t n, const fm_real *weight, fm_real *transposed);

#endif
