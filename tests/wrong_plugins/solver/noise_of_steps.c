/* Euler and Maruyama's method with the same noise in each step. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    return maruyama_step(s, 1, SAME_STEPS, err);
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops,
    .scheme = {.order = 1,
               .n_state = 1,
               .needs = FM_NEEDS_AFFINE_PATH | FM_NEEDS_SCORE,
               .is_stochastic = true},
    .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "noise_of_steps",
    .version = 1,
    .summary = "Euler-Maruyama with the same noise in each step",
    .solver = &ops,
};
