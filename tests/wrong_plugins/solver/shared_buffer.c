/* Euler's method in a buffer that all threads share. */
#include "../meet.h"
#include "rk4.h"

static volatile double buffer;

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    FM_TRY(s->velocity(s, s->t, s->x, s->state, err));
    buffer = s->state[0];
    meet();
    s->state[0] = buffer;
    for (size_t i = 0; i < s->n * s->dim; i++)
        s->x[i] += s->h * s->state[i];
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 1, .n_state = 1}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "shared_buffer",
    .version = 1,
    .summary = "breaks a promise",
    .solver = &ops,
};
