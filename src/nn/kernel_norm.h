/* The norms of one instruction set, for the table of its kernels (nn/kernel.h says what they compute). */
#ifndef FM_NN_KERNEL_NORM_H
#define FM_NN_KERNEL_NORM_H

#include "base/isa.h"
#include "nn/kernel.h"

void FM_ISA_SYMBOL(fm_norm)(const struct fm_norm *s);
void FM_ISA_SYMBOL(fm_norm_change)(const struct fm_norm *s, const struct fm_norm_change *d);

#endif
