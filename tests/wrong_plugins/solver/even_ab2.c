/* Adams and Bashforth's method of order 2 with the coefficients of equal steps. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    const size_t size = s->n * s->dim;
    double *v = s->state, *last = v + size;
    FM_TRY(s->velocity(s, s->t, s->x, v, err));
    for (size_t i = 0; i < size; i++)
        s->x[i] += s->h * (s->index > 0 ? 1.5 * v[i] - 0.5 * last[i] : v[i]);
    memcpy(last, v, size * sizeof *v);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 2, .n_state = 2}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "even_ab2",
    .version = 1,
    .summary = "Adams-Bashforth 2 for equal steps only",
    .solver = &ops,
};
