/* From the gradients of shards to new parameters: fixed-order sum, clipping, AdamW, EMA. */
#ifndef FM_NN_OPTIMIZER_H
#define FM_NN_OPTIMIZER_H

#include "nn/real.h"
#include <stdbool.h>
#include <stdint.h>

struct fm_adamw {
    double beta1, beta2, epsilon, weight_decay;
};

/* The state between steps: flat blocks of n reals each. */
struct fm_optimizer_state {
    size_t n;
    fm_real *parameters, *moment1, *moment2;
    fm_real *ema; /* NULL: none kept */
};

/* gradient = sum over pairs p = 0, 1, ... of (shards[2 p] + shards[2 p + 1]), for entries
 * first .. first + count - 1; returns the sum of squares of the result.  The second of a pair
 * is NULL where fm_gradient_pair has added it to the first, or there is none: whoever added the
 * pair, the sum is the same bits. */
void fm_gradient_pair(size_t n, const fm_real *second, fm_real *first);
double fm_gradient_combine(size_t n_shards, fm_real *const *shards, size_t first,
                           size_t count, fm_real *gradient);

/* One step of AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2, with the
 * decay scaled by lr as in PyTorch), step counted from 1, the gradient multiplied by `scale`;
 * then ema = ema_decay ema + (1 - ema_decay) parameters where kept: the numbers of a step,
 * and the step itself on entries first .. first + count - 1. */
struct fm_adamw_step {
    fm_real beta1, rest1, beta2, rest2, rate, root, epsilon, keep, scale;
    fm_real ema_decay, ema_fresh;
};
struct fm_adamw_step fm_adamw_prepare(const struct fm_adamw *o, double scale, double lr,
                                      uint64_t step, double ema_decay);
void fm_adamw_apply(const struct fm_adamw_step *s, struct fm_optimizer_state *state,
                    const fm_real *gradient, size_t first, size_t count);

#endif
