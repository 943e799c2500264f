#include <config.h>

#include "nn/kernel_optimizer.h"

#include <math.h>
#include <string.h>

/* sum += a + b, then sum += c + d.  Two pairs at a time, so that the waits overlap: they come from
 * the caches of other processors.  b, d, or c and d may be NULL for 0. */
static void add_pairs(size_t n, fm_real *restrict sum, const fm_real *restrict a,
                      const fm_real *restrict b, const fm_real *restrict c,
                      const fm_real *restrict d)
{
    if (b && d)
        for (size_t j = 0; j < n; j++)
            sum[j] = (sum[j] + (a[j] + b[j])) + (c[j] + d[j]);
    else if (!b && c && !d)
        for (size_t j = 0; j < n; j++)
            sum[j] = (sum[j] + a[j]) + c[j];
    else {
        for (size_t j = 0; j < n; j++)
            sum[j] += b ? a[j] + b[j] : a[j];
        for (size_t j = 0; c && j < n; j++)
            sum[j] += d ? c[j] + d[j] : c[j];
    }
}

double FM_ISA_SYMBOL(fm_combine)(size_t n_shards, fm_real *const *shards, size_t first,
                                 size_t count, fm_real *gradient)
{
    enum { BLOCK = 1024 }; /* stays in the nearest cache */
    fm_real *sum = gradient + first;
    double lanes[8] = {0}; /* a fixed order that vectorises */
    for (size_t begin = 0; begin < count; begin += BLOCK) {
        size_t n = count - begin < BLOCK ? count - begin : BLOCK, i = 0;
        memset(sum + begin, 0, n * sizeof *sum);
        for (size_t s = 0; s < n_shards; s += 4) {
            const fm_real *from[4] = {NULL};
            for (size_t k = 0; k < 4 && s + k < n_shards; k++)
                if (shards[s + k])
                    from[k] = shards[s + k] + first + begin;
            add_pairs(n, sum + begin, from[0], from[1], from[2], from[3]);
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

void FM_ISA_SYMBOL(fm_average)(fm_real decay, fm_real fresh, size_t n,
                               const fm_real *restrict theta, fm_real *restrict average)
{
    for (size_t i = 0; i < n; i++)
        average[i] = decay * average[i] + fresh * theta[i];
}

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
}

void FM_ISA_SYMBOL(fm_lion)(const struct fm_lion_step *s, struct fm_optimizer_state *state,
                            const fm_real *gradient, size_t first, size_t count)
{
    const fm_real *restrict g = gradient + first;
    fm_real *restrict theta = state->parameters + first;
    fm_real *restrict m = state->moment1 + first;
    for (size_t i = 0; i < count; i++) {
        const fm_real gi = g[i] * s->scale, c = s->beta1 * m[i] + s->rest1 * gi;
        const fm_real up = c > 0 ? s->rate : 0, down = c < 0 ? s->rate : 0;
        theta[i] = s->keep * theta[i] - (up - down);
        m[i] = s->beta2 * m[i] + s->rest2 * gi;
    }
}

void FM_ISA_SYMBOL(fm_sgd)(const struct fm_sgd_step *s, struct fm_optimizer_state *state,
                           const fm_real *gradient, size_t first, size_t count)
{
    const fm_real *restrict g = gradient + first;
    fm_real *restrict theta = state->parameters + first;
    fm_real *restrict m = state->moment1 + first;
    for (size_t i = 0; i < count; i++) {
        const fm_real gi = g[i] * s->scale + s->weight_decay * theta[i];
        m[i] = s->momentum * m[i] + gi;
        theta[i] -= s->rate * (s->fresh * gi + s->ahead * m[i]);
    }
}
