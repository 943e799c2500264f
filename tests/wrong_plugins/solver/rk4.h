/* What the wrong solvers share: a step of four stages, and one of Euler. */
#ifndef FM_TESTS_RK4_H
#define FM_TESTS_RK4_H

#include <fmrun/plugin.h>
#include <math.h>
#include <string.h>

/* x += h sum_i b_i k_i, k_i = v(t + c_i h, x + h a_i k_(i-1)); work: [6][n][dim], zero at first. */
static inline enum fm_status rk4_stages(const struct fm_step *s, const double a[4],
                                        const double b[4], const double c[4], double *work,
                                        size_t first, struct fm_error *err)
{
    const size_t size = s->n * s->dim;
    double *at = work + 4 * size;
    for (size_t i = first; i < 4; i++) {
        for (size_t j = 0; j < size; j++)
            at[j] = s->x[j] + (i > 0 ? s->h * a[i] * work[(i - 1) * size + j] : 0);
        FM_TRY(s->velocity(s, c[i] == 1 ? s->t + s->h : s->t + c[i] * s->h, at,
                           work + i * size, err));
    }
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < size; j++)
            s->x[j] += s->h * b[i] * work[i * size + j];
    return FM_OK;
}

static const double rk4_a[4] = {0, 0.5, 0.5, 1};
static const double rk4_b[4] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
static const double rk4_c[4] = {0, 0.5, 0.5, 1};

/* x += h v(t, x); v: [n][dim]. */
static inline enum fm_status euler_step(const struct fm_step *s, double *v,
                                        struct fm_error *err)
{
    FM_TRY(s->velocity(s, s->t, s->x, v, err));
    for (size_t i = 0; i < s->n * s->dim; i++)
        s->x[i] += s->h * v[i];
    return FM_OK;
}

#endif
