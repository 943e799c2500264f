/* Draws noise, but does not declare that it is stochastic. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    struct fm_rng r = fm_rng_at(s->noise, s->first_row);
    FM_TRY(euler_step(s, s->state, err));
    s->x[0] += s->h * s->h * 1e-3 * fm_rng_normal(&r);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 1, .n_state = 1}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "hidden_noise",
    .version = 1,
    .summary = "noise that is not declared",
    .solver = &ops,
};
