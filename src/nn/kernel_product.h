/* The matrix products of one instruction set, for the table of its kernels (nn/kernel.h says what they compute). */
#ifndef FM_NN_KERNEL_PRODUCT_H
#define FM_NN_KERNEL_PRODUCT_H

#include "base/isa.h"
#include "nn/kernel.h"

void FM_ISA_SYMBOL(fm_product)(const struct fm_product *p);
void FM_ISA_SYMBOL(fm_dots)(const struct fm_dots *p);
void FM_ISA_SYMBOL(fm_transpose)(size_t m, size_t n, const fm_real *from, fm_real *to);

#endif
