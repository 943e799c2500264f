#include <config.h>

#include "nn/optimizer.h"

#include "nn/kernel.h"

#include <math.h>

void fm_gradient_pair(size_t n, const fm_real *second, fm_real *first)
{
    fm_kernel()->copy(true, n, second, first);
}

double fm_gradient_combine(size_t n_shards, fm_real *const *shards, size_t first,
                           size_t count, fm_real *gradient)
{
    return fm_kernel()->combine(n_shards, shards, first, count, gradient);
}

struct fm_adamw_step fm_adamw_prepare(const struct fm_adamw *o, double scale, double lr,
                                      uint64_t step)
{
    const double correction1 = 1 - pow(o->beta1, (double)step);
    const double correction2 = 1 - pow(o->beta2, (double)step);
    return (struct fm_adamw_step){
        .beta1 = (fm_real)o->beta1,
        .rest1 = (fm_real)(1 - o->beta1),
        .beta2 = (fm_real)o->beta2,
        .rest2 = (fm_real)(1 - o->beta2),
        .rate = (fm_real)(lr / correction1),
        .root = (fm_real)(1 / sqrt(correction2)),
        .epsilon = (fm_real)o->epsilon,
        .keep = (fm_real)(1 - lr * o->weight_decay),
        .scale = (fm_real)scale,
    };
}

void fm_adamw_apply(const struct fm_adamw_step *s, struct fm_optimizer_state *state,
                    const fm_real *gradient, size_t first, size_t count)
{
    fm_kernel()->adamw(s, state, gradient, first, count);
}

struct fm_lion_step fm_lion_prepare(const struct fm_lion *o, double scale, double lr)
{
    return (struct fm_lion_step){
        .beta1 = (fm_real)o->beta1,
        .rest1 = (fm_real)(1 - o->beta1),
        .beta2 = (fm_real)o->beta2,
        .rest2 = (fm_real)(1 - o->beta2),
        .rate = (fm_real)lr,
        .keep = (fm_real)(1 - lr * o->weight_decay),
        .scale = (fm_real)scale,
    };
}

void fm_lion_apply(const struct fm_lion_step *s, struct fm_optimizer_state *state,
                   const fm_real *gradient, size_t first, size_t count)
{
    fm_kernel()->lion(s, state, gradient, first, count);
}

struct fm_sgd_step fm_sgd_prepare(const struct fm_sgd *o, double scale, double lr)
{
    return (struct fm_sgd_step){
        .momentum = (fm_real)o->momentum,
        .fresh = o->is_nesterov ? 1 : 0,
        .ahead = o->is_nesterov ? (fm_real)o->momentum : 1,
        .weight_decay = (fm_real)o->weight_decay,
        .rate = (fm_real)lr,
        .scale = (fm_real)scale,
    };
}

void fm_sgd_apply(const struct fm_sgd_step *s, struct fm_optimizer_state *state,
                  const fm_real *gradient, size_t first, size_t count)
{
    fm_kernel()->sgd(s, state, gradient, first, count);
}

void fm_average_apply(double decay, const fm_real *parameters, fm_real *average,
                      size_t first, size_t count)
{
    fm_kernel()->average((fm_real)decay, (fm_real)(1 - decay), count, parameters + first,
                         average + first);
}
