/* The optimisers of one instruction set, for the table of its kernels (nn/kernel.h says what they compute). */
#ifndef FM_NN_KERNEL_OPTIMIZER_H
#define FM_NN_KERNEL_OPTIMIZER_H

#include "base/isa.h"
#include "nn/kernel.h"

double FM_ISA_SYMBOL(fm_combine)(size_t n_shards, fm_real *const *shards, size_t first,
                                 size_t count, fm_real *gradient);
void FM_ISA_SYMBOL(fm_adamw)(const struct fm_adamw_step *s,
                             struct fm_optimizer_state *state, const fm_real *gradient,
                             size_t first, size_t count);
void FM_ISA_SYMBOL(fm_lion)(const struct fm_lion_step *s, struct fm_optimizer_state *state,
                            const fm_real *gradient, size_t first, size_t count);
void FM_ISA_SYMBOL(fm_sgd)(const struct fm_sgd_step *s, struct fm_optimizer_state *state,
                           const fm_real *gradient, size_t first, size_t count);
void FM_ISA_SYMBOL(fm_average)(fm_real decay, fm_real fresh, size_t n, const fm_real *theta,
                               fm_real *average);

#endif
