/* A rule of order 2 that evaluates half a step beyond its step: beyond t = 1 in the last
 * one. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    const size_t size = s->n * s->dim;
    double *k = s->state, *k2 = k + size, *at = k2 + size;
    FM_TRY(s->velocity(s, s->t, s->x, k, err));
    for (size_t i = 0; i < size; i++)
        at[i] = s->x[i] + 1.5 * s->h * k[i];
    FM_TRY(s->velocity(s, s->t + 1.5 * s->h, at, k2, err));
    for (size_t i = 0; i < size; i++)
        s->x[i] += s->h * (2 * k[i] + k2[i]) / 3;
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 2, .n_state = 3}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "beyond_end",
    .version = 1,
    .summary = "evaluates beyond t = 1",
    .solver = &ops,
};
