/* Ten of Euler's steps in one, which is still of order 1. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    const size_t size = s->n * s->dim;
    double *x = s->state, *v = x + size;
    memcpy(x, s->x, size * sizeof *x);
    for (size_t k = 0; k < 10; k++) {
        FM_TRY(s->velocity(s, s->t + s->h * (double)k / 10, x, v, err));
        for (size_t i = 0; i < size; i++)
            x[i] += s->h / 10 * v[i];
    }
    memcpy(s->x, x, size * sizeof *x);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 2, .n_state = 2}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "substeps",
    .version = 1,
    .summary = "ten steps of Euler's, said to be of order 2",
    .solver = &ops,
};
