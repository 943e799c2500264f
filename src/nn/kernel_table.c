/* The kernels of one instruction set. */
#include <config.h>

#include "base/isa.h"
#include "nn/kernel_attention.h"
#include "nn/kernel_norm.h"
#include "nn/kernel_optimizer.h"
#include "nn/kernel_pointwise.h"
#include "nn/kernel_product.h"

const struct fm_kernel FM_ISA_SYMBOL(fm_kernel) = {
    .product = FM_ISA_SYMBOL(fm_product),
    .dots = FM_ISA_SYMBOL(fm_dots),
    .transpose = FM_ISA_SYMBOL(fm_transpose),
    .activation = FM_ISA_SYMBOL(fm_activation),
    .copy = FM_ISA_SYMBOL(fm_copy),
    .multiply = FM_ISA_SYMBOL(fm_multiply),
    .column_sums = FM_ISA_SYMBOL(fm_column_sums),
    .combine = FM_ISA_SYMBOL(fm_combine),
    .adamw = FM_ISA_SYMBOL(fm_adamw),
    .lion = FM_ISA_SYMBOL(fm_lion),
    .sgd = FM_ISA_SYMBOL(fm_sgd),
    .average = FM_ISA_SYMBOL(fm_average),
    .norm = FM_ISA_SYMBOL(fm_norm),
    .norm_change = FM_ISA_SYMBOL(fm_norm_change),
    .attention = FM_ISA_SYMBOL(fm_attention),
    .attention_reverse = FM_ISA_SYMBOL(fm_attention_reverse),
    .attention_jvp = FM_ISA_SYMBOL(fm_attention_jvp),
    .multiply_lines = FM_ISA_SYMBOL(fm_multiply_lines),
    .product_sums = FM_ISA_SYMBOL(fm_product_sums),
};
