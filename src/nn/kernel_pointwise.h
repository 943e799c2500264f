/* The loops over entries of one instruction set, for the table of its kernels (nn/kernel.h says what they compute). */
#ifndef FM_NN_KERNEL_POINTWISE_H
#define FM_NN_KERNEL_POINTWISE_H

#include "base/isa.h"
#include "nn/kernel.h"

void FM_ISA_SYMBOL(fm_activation)(enum fm_activation f, size_t m, size_t n_panels,
                                  size_t row, const fm_real *z, fm_real *h, fm_real *d);
void FM_ISA_SYMBOL(fm_copy)(bool is_added, size_t n, const fm_real *a, fm_real *to);
void FM_ISA_SYMBOL(fm_multiply)(bool is_added, size_t n, const fm_real *a, const fm_real *b,
                                fm_real *to);
void FM_ISA_SYMBOL(fm_column_sums)(size_t m, size_t n_panels, size_t row, const fm_real *x,
                                   fm_real *sums);
void FM_ISA_SYMBOL(fm_multiply_lines)(bool is_added, size_t m, size_t n_panels,
                                      const fm_real *a, const fm_real *line, fm_real *to);
void FM_ISA_SYMBOL(fm_product_sums)(size_t m, size_t n_panels, const fm_real *a,
                                    const fm_real *b, fm_real *sums);

#endif
