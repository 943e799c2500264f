/* A convolution with few outputs. */
#ifndef FM_NN_OP_CONV_NARROW_H
#define FM_NN_OP_CONV_NARROW_H

#include "nn/node.h"

/* Reals of scratch that a convolution with few outputs needs; and up to how many are few. */
enum { FM_CONV_FEW = FM_PANEL / 4 };
size_t fm_conv_narrow_scratch(const struct fm_net_node *input,
                              const struct fm_net_node *node);

#endif
