/* Heun's method, which has already taken Euler's step when its second evaluation fails. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    const size_t size = s->n * s->dim;
    double *k = s->state, *k2 = k + size;
    FM_TRY(euler_step(s, k, err));
    FM_TRY(s->velocity(s, s->t + s->h, s->x, k2, err));
    for (size_t i = 0; i < size; i++)
        s->x[i] += s->h / 2 * (k2[i] - k[i]);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 2, .n_state = 2}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "changes_early",
    .version = 1,
    .summary = "changes x before it can fail",
    .solver = &ops,
};
