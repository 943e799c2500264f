/* Convolutions with few outputs: at most FM_CONV_FEW. */
#ifndef FM_NN_OP_CONV_NARROW_H
#define FM_NN_OP_CONV_NARROW_H

#include "nn/node.h"

enum { FM_CONV_FEW = FM_PANEL / 4 };

/* Reals of scratch that one needs. */
size_t fm_conv_narrow_scratch(const struct fm_net_node *input,
                              const struct fm_net_node *node);

#endif
