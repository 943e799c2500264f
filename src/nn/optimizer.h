/* From the gradients of shards to new parameters: the sum in fixed order, the optimisers, and the
 * moving average of parameters. */
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

/* first += second, n entries: a pair of shards, added by the thread that has both. */
void fm_gradient_pair(size_t n, const fm_real *second, fm_real *first);
/* gradient = sum over pairs p = 0, 1, ... of (shards[2 p] + shards[2 p + 1]), for entries
 * first .. first + count - 1.  Returns the sum of squares of the result.  The second of a pair
 * is NULL where fm_gradient_pair has added it to the first, or there is none.  The bits do not
 * depend on who added the pairs. */
double fm_gradient_combine(size_t n_shards, fm_real *const *shards, size_t first,
                           size_t count, fm_real *gradient);

/* AdamW: fm_adamw_prepare computes the numbers of a step, fm_adamw_apply makes the step on entries
 * first .. first + count - 1.  step counts from 1; the gradient is multiplied by `scale`.
 * Source: Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2, with the decay scaled by lr
 * as in PyTorch. */
struct fm_adamw_step {
    fm_real beta1, rest1, beta2, rest2, rate, root, epsilon, keep, scale;
};
struct fm_adamw_step fm_adamw_prepare(const struct fm_adamw *o, double scale, double lr,
                                      uint64_t step);
void fm_adamw_apply(const struct fm_adamw_step *s, struct fm_optimizer_state *state,
                    const fm_real *gradient, size_t first, size_t count);

/* The same for Lion: with g the gradient, m the momentum, which starts at 0,
 *     theta = (1 - lr weight_decay) theta - lr sign(beta1 m + (1 - beta1) g),
 *     m     = beta2 m + (1 - beta2) g,  sign(0) = 0.
 * Source: Chen et al. 2023, arXiv:2302.06675, algorithm 2. */
struct fm_lion_step {
    fm_real beta1, rest1, beta2, rest2, rate, keep, scale;
};
struct fm_lion_step fm_lion_prepare(const struct fm_lion *o, double scale, double lr);
void fm_lion_apply(const struct fm_lion_step *s, struct fm_optimizer_state *state,
                   const fm_real *gradient, size_t first, size_t count);

/* The same for gradient descent with momentum, as torch.optim.SGD with dampening 0:
 *     g = gradient + weight_decay theta,  m = momentum m + g, m starts at 0,
 *     theta = theta - lr m, or, with Nesterov's momentum, theta - lr (g + momentum m).
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
