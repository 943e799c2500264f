/* Takes twenty steps of Heun's method for any tolerance. */
#include "rk4.h"

enum { MAX_DIM = 8, N_STEPS = 20 };

static enum fm_status solve(const void *options, const struct fm_ivp *ivp,
                            struct fm_error *err)
{
    const double h = (ivp->t_to - ivp->t_from) / N_STEPS;
    double k[MAX_DIM], k2[MAX_DIM], at[MAX_DIM];
    (void)options;
    for (size_t step = 0; step < N_STEPS; step++) {
        double t = ivp->t_from + h * (double)step;
        FM_TRY(ivp->velocity(ivp, t, ivp->x, k, err));
        for (size_t i = 0; i < ivp->dim; i++)
            at[i] = ivp->x[i] + h * k[i];
        FM_TRY(ivp->velocity(ivp, step + 1 == N_STEPS ? ivp->t_to : t + h, at, k2, err));
        for (size_t i = 0; i < ivp->dim; i++)
            ivp->x[i] += h / 2 * (k[i] + k2[i]);
    }
    return FM_OK;
}

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    (void)options;
    const size_t size = s->n * s->dim;
    double *k = s->state, *k2 = k + size, *at = k2 + size;
    FM_TRY(s->velocity(s, s->t, s->x, k, err));
    for (size_t i = 0; i < size; i++)
        at[i] = s->x[i] + s->h * k[i];
    FM_TRY(s->velocity(s, s->t + s->h, at, k2, err));
    for (size_t i = 0; i < size; i++)
        s->x[i] += s->h / 2 * (k[i] + k2[i]);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops,
    .scheme = {.order = 2, .n_state = 3, .is_adaptive = true},
    .step = step,
    .solve = solve};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "ignores_tolerance",
    .version = 1,
    .summary = "step control that does not control",
    .solver = &ops,
};
