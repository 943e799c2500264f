/* Gauss-Legendre's method of order 4 by fixed-point iteration, with both stages at the time
 * of the first. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    const double c1 = 0.5 - sqrt(3) / 6,
                 a[2][2] = {{0.25, 0.25 - sqrt(3) / 6}, {0.25 + sqrt(3) / 6, 0.25}};
    const size_t size = s->n * s->dim;
    double *k = s->state, *at = k + 2 * size;
    for (size_t i = 0; i < 2; i++)
        FM_TRY(s->velocity(s, s->t, s->x, k + i * size, err));
    for (size_t again = 0; again < 6; again++)
        for (size_t i = 0; i < 2; i++) {
            for (size_t j = 0; j < size; j++)
                at[j] = s->x[j] + s->h * (a[i][0] * k[j] + a[i][1] * k[size + j]);
            FM_TRY(s->velocity(s, s->t + c1 * s->h, at, k + i * size, err));
        }
    for (size_t j = 0; j < size; j++)
        s->x[j] += s->h / 2 * (k[j] + k[size + j]);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 4, .n_state = 3}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "equal_nodes",
    .version = 1,
    .summary = "Gauss-Legendre 4 with equal nodes",
    .solver = &ops,
};
