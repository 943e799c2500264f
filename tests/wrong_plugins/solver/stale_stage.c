/* rk4 that uses the last stage of the previous step as its first, as if it were FSAL; x has
 * changed since. */
#include "rk4.h"

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    const size_t size = s->n * s->dim;
    if (s->index > 0)
        memcpy(s->state, s->state + 3 * size, size * sizeof *s->state);
    return rk4_stages(s, rk4_a, rk4_b, rk4_c, s->state, s->index > 0, err);
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = {.order = 4, .n_state = 6}, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "stale_stage",
    .version = 1,
    .summary = "rk4 with a stale first stage",
    .solver = &ops,
};
