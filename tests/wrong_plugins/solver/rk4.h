/* What the wrong solvers share: a step of four stages with everything that can be got wrong. */
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

/* Euler and Maruyama's method for the equation whose marginals are the flow's,
 *     dx = (v + g^2/2 score) dt + g dW,   g^2 = sigma,
 * with noise of `scale` g, drawn as `noise` says. */
enum noise { RIGHT, SAME_ROWS, SAME_STEPS };
static inline enum fm_status maruyama_step(const struct fm_step *s, double scale,
                                           enum noise noise, struct fm_error *err)
{
    struct fm_path_point p;
    double *v = s->state;
    struct fm_stream stream = s->noise;
    if (s->h < 0)
        return fm_fail(err, FM_ERROR_CONFIG, "there is no way back");
    s->path(s, s->t, &p);
    FM_TRY(s->velocity(s, s->t, s->x, v, err));
    if (noise == SAME_STEPS)
        stream.step = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct fm_rng r = fm_rng_at(stream, noise == SAME_ROWS ? 0 : s->first_row + i);
        for (size_t j = i * s->dim; j < (i + 1) * s->dim; j++) {
            double drift = v[j] + p.sigma / 2 * fm_path_score(&p, s->x[j], v[j]);
            s->x[j] += s->h * drift + scale * sqrt(p.sigma * s->h) * fm_rng_normal(&r);
        }
    }
    return FM_OK;
}

#endif
