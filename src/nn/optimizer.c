#include <config.h>

#include "nn/optimizer.h"

#include <math.h>
#include <string.h>

double fm_gradient_combine(size_t n_shards, fm_real *const *shard_gradients, size_t first,
                           size_t count, fm_real *gradient)
{
    fm_real *restrict sum = gradient + first;
    for (size_t s = 0; s < n_shards; s++) {
        fm_real *restrict shard = shard_gradients[s] + first;
        if (s == 0)
            memcpy(sum, shard, count * sizeof *sum);
        else
            for (size_t i = 0; i < count; i++)
                sum[i] += shard[i];
        memset(shard, 0, count * sizeof *shard);
    }
    double lanes[8] = {0}; /* a fixed order that vectorises */
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t j = 0; j < 8; j++)
            lanes[j] += (double)sum[i + j] * (double)sum[i + j];
    for (; i < count; i++)
        lanes[0] += (double)sum[i] * (double)sum[i];
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6]))
           + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

#ifdef FM_REAL_DOUBLE
#define SQRT sqrt
#else
#define SQRT sqrtf
#endif

void fm_adamw_step(const struct fm_adamw *o, struct fm_optimizer_state *state,
                   const fm_real *gradient, double scale, double lr, uint64_t step,
                   double ema_decay, size_t first, size_t count)
{
    const double correction1 = 1 - pow(o->beta1, (double)step);
    const double correction2 = 1 - pow(o->beta2, (double)step);
    const fm_real beta1 = (fm_real)o->beta1, rest1 = (fm_real)(1 - o->beta1);
    const fm_real beta2 = (fm_real)o->beta2, rest2 = (fm_real)(1 - o->beta2);
    const fm_real rate = (fm_real)(lr / correction1), s = (fm_real)scale;
    const fm_real root = (fm_real)(1 / sqrt(correction2)), epsilon = (fm_real)o->epsilon;
    const fm_real keep = (fm_real)(1 - lr * o->weight_decay);
    const fm_real *restrict g = gradient + first;
    fm_real *restrict theta = state->parameters + first;
    fm_real *restrict m = state->moment1 + first, *restrict v = state->moment2 + first;
    for (size_t i = 0; i < count; i++) {
        fm_real gi = g[i] * s;
        m[i] = beta1 * m[i] + rest1 * gi;
        v[i] = beta2 * v[i] + rest2 * gi * gi;
        theta[i] = keep * theta[i] - rate * m[i] / (SQRT(v[i]) * root + epsilon);
    }
    if (!state->ema)
        return;
    fm_real *restrict ema = state->ema + first;
    const fm_real decay = (fm_real)ema_decay, fresh = (fm_real)(1 - ema_decay);
    for (size_t i = 0; i < count; i++)
        ema[i] = decay * ema[i] + fresh * theta[i];
}
