/* Euler and Maruyama's method, with noise that the plugins here spoil. */
#ifndef FM_TESTS_MARUYAMA_H
#define FM_TESTS_MARUYAMA_H

#include <fmrun/plugin.h>
#include <math.h>

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

#define MARUYAMA(its_name, its_summary, scale, noise)                                      \
    static enum fm_status step(const void *options, const struct fm_step *s,               \
                               struct fm_error *err)                                       \
    {                                                                                      \
        (void)options;                                                                     \
        return maruyama_step(s, scale, noise, err);                                        \
    }                                                                                      \
    static const struct fm_solver_ops ops = {                                              \
        .size = sizeof ops,                                                                \
        .scheme = {.order = 1,                                                             \
                   .n_state = 1,                                                           \
                   .needs = FM_NEEDS_AFFINE_PATH | FM_NEEDS_SCORE,                         \
                   .is_stochastic = true},                                                 \
        .step = step};                                                                     \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,       .kind = FM_SOLVER,      \
                                           .name = its_name,       .version = 1,           \
                                           .summary = its_summary, .solver = &ops}

#endif
