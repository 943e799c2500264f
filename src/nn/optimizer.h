/* From the gradients of shards to new parameters: fixed-order sum, clipping, an optimiser; and
 * moving averages of them. */
#ifndef FM_NN_OPTIMIZER_H
#define FM_NN_OPTIMIZER_H

#include "nn/real.h"
#include <stdbool.h>
#include <stdint.h>

struct fm_adamw {
    double beta1, beta2, epsilon, weight_decay;
};
struct fm_lion {
    double beta1, beta2, weight_decay;
};
struct fm_sgd {
    double momentum, weight_decay;
    bool is_nesterov;
};

/* The state between steps: flat blocks of n reals each.  Lion and sgd keep their momentum in
 * moment1 and leave moment2 alone. */
struct fm_optimizer_state {
    size_t n;
    fm_real *parameters, *moment1, *moment2;
};

/* gradient = sum over pairs p = 0, 1, ... of (shards[2 p] + shards[2 p + 1]), for entries
 * first .. first + count - 1; returns the sum of squares of the result.  The second of a pair
 * is NULL where fm_gradient_pair has added it to the first, or there is none: whoever added the
 * pair, the sum is the same bits. */
void fm_gradient_pair(size_t n, const fm_real *second, fm_real *first);
double fm_gradient_combine(size_t n_shards, fm_real *const *shards, size_t first,
                           size_t count, fm_real *gradient);

/* One step of AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2, with the
 * decay scaled by lr as in PyTorch), step counted from 1, the gradient multiplied by `scale`:
 * the numbers of a step, and the step itself on entries first .. first + count - 1. */
struct fm_adamw_step {
    fm_real beta1, rest1, beta2, rest2, rate, root, epsilon, keep, scale;
};
struct fm_adamw_step fm_adamw_prepare(const struct fm_adamw *o, double scale, double lr,
                                      uint64_t step);
void fm_adamw_apply(const struct fm_adamw_step *s, struct fm_optimizer_state *state,
                    const fm_real *gradient, size_t first, size_t count);

/* Likewise Lion: with g the gradient, m the momentum, from 0,
 *     theta = (1 - lr weight_decay) theta - lr sign(beta1 m + (1 - beta1) g),
 *     m     = beta2 m + (1 - beta2) g,  sign(0) = 0.
 * Source: Chen et al. 2023, arXiv:2302.06675, algorithm 2. */
struct fm_lion_step {
    fm_real beta1, rest1, beta2, rest2, rate, keep, scale;
};
struct fm_lion_step fm_lion_prepare(const struct fm_lion *o, double scale, double lr);
void fm_lion_apply(const struct fm_lion_step *s, struct fm_optimizer_state *state,
                   const fm_real *gradient, size_t first, size_t count);

/* Likewise gradient descent with momentum, as torch.optim.SGD has it (dampening 0):
 *     g = gradient + weight_decay theta,  m = momentum m + g, from 0,
 *     theta = theta - lr m, or, as Nesterov, theta - lr (g + momentum m).
 * Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep
 * learning", eqs. 1 to 4, with velocity and weights rescaled by lr. */
struct fm_sgd_step {
    fm_real momentum, fresh, ahead, weight_decay, rate, scale;
};
struct fm_sgd_step fm_sgd_prepare(const struct fm_sgd *o, double scale, double lr);
void fm_sgd_apply(const struct fm_sgd_step *s, struct fm_optimizer_state *state,
                  const fm_real *gradient, size_t first, size_t count);

/* average = decay average + (1 - decay) parameters, entries first .. first + count - 1. */
void fm_average_apply(double decay, const fm_real *parameters, fm_real *average,
                      size_t first, size_t count);

#endif
