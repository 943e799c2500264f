#include <config.h>

#include "nn/kernel_parts.h"

#include <math.h>
#include <string.h>

double FM_ISA_SYMBOL(fm_combine)(size_t n_shards, fm_real *const *shards, size_t first,
                                 size_t count, fm_real *gradient)
{
    enum { BLOCK = 1024 }; /* stays in the nearest cache */
    fm_real *restrict sum = gradient + first;
    double lanes[8] = {0}; /* a fixed order that vectorises */
    for (size_t begin = 0; begin < count; begin += BLOCK) {
        size_t n = count - begin < BLOCK ? count - begin : BLOCK, i = 0;
        memcpy(sum + begin, shards[0] + first + begin, n * sizeof *sum);
        for (size_t s = 1; s < n_shards; s++) {
            const fm_real *restrict shard = shards[s] + first + begin;
            for (size_t j = 0; j < n; j++)
                sum[begin + j] += shard[j];
        }
        const fm_real *block = sum + begin;
        for (; i + 8 <= n; i += 8)
            for (size_t j = 0; j < 8; j++)
                lanes[j] += (double)block[i + j] * (double)block[i + j];
        for (; i < n; i++)
            lanes[0] += (double)block[i] * (double)block[i];
    }
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6]))
           + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

#ifdef FM_REAL_DOUBLE
#define SQRT sqrt
#else
#define SQRT sqrtf
#endif

void FM_ISA_SYMBOL(fm_adamw)(const struct fm_adamw_step *s,
                             struct fm_optimizer_state *state, const fm_real *gradient,
                             size_t first, size_t count)
{
    const fm_real *restrict g = gradient + first;
    fm_real *restrict theta = state->parameters + first;
    fm_real *restrict m = state->moment1 + first, *restrict v = state->moment2 + first;
    for (size_t i = 0; i < count; i++) {
        fm_real gi = g[i] * s->scale;
        m[i] = s->beta1 * m[i] + s->rest1 * gi;
        v[i] = s->beta2 * v[i] + s->rest2 * gi * gi;
        theta[i] =
            s->keep * theta[i] - s->rate * m[i] / (SQRT(v[i]) * s->root + s->epsilon);
    }
    if (!state->ema)
        return;
    fm_real *restrict ema = state->ema + first;
    for (size_t i = 0; i < count; i++)
        ema[i] = s->ema_decay * ema[i] + s->ema_fresh * theta[i];
}
