/* Attention of one instruction set, for the table of its kernels (nn/kernel.h says what they compute). */
#ifndef FM_NN_KERNEL_ATTENTION_H
#define FM_NN_KERNEL_ATTENTION_H

#include "base/isa.h"
#include "nn/kernel.h"

void FM_ISA_SYMBOL(fm_attention)(const struct fm_attention *s);
void FM_ISA_SYMBOL(fm_attention_reverse)(const struct fm_attention *s,
                                         const struct fm_attention_change *d);
void FM_ISA_SYMBOL(fm_attention_jvp)(const struct fm_attention *s,
                                     const struct fm_attention_change *d);

#endif
