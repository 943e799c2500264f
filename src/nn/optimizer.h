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

/* gradient = sum over shards s = 0, 1, ... of shard_gradients[s n_shard ...], for entries
 * first .. first + count - 1; returns the sum of squares of the result.  The shards' entries
 * are zeroed for the next step. */
double fm_gradient_combine(size_t n_shards, fm_real *const *shard_gradients, size_t first,
                           size_t count, fm_real *gradient);

/* One step of AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2, with the
 * decay scaled by lr as in PyTorch) on entries first .. first + count - 1, step counted from
 * 1, the gradient multiplied by `scale`; then ema = ema_decay ema + (1 - ema_decay)
 * parameters where kept. */
void fm_adamw_step(const struct fm_adamw *o, struct fm_optimizer_state *state,
                   const fm_real *gradient, double scale, double lr, uint64_t step,
                   double ema_decay, size_t first, size_t count);

#endif
