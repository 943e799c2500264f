/* Steps on a fixed grid: Runge-Kutta from a tableau, or the solver's step function. */
#include <config.h>

#include "sample/fixed.h"

#include "base/error.h"
#include "host/data.h"
#include "sample/runge_kutta.h"

#include <string.h>

static void trace(const struct fm_block *b, size_t step)
{
    const struct fm_solve *s = b->solve;
    if (!s->trajectory || b->first_row >= s->n_traced)
        return;
    size_t n = s->n_traced - b->first_row < b->n ? s->n_traced - b->first_row : b->n;
    memcpy(s->trajectory + (step * s->n_traced + b->first_row) * b->dim, b->x,
           n * b->dim * sizeof *b->x);
}

/* Step number `index`.  With FSAL the last stage is the first of the next step, so the
 * last step of the grid needs no last stage. */
static enum fm_status tableau_step(struct fm_block *b, const struct fm_tableau *tableau,
                                   size_t index, struct fm_error *err)
{
    const bool is_last = index + 1 == b->solve->control.n_steps;
    const bool has_k1 = index > 0 && fm_runge_kutta_reuse_last_stage(b, 0, b->n);
    return fm_runge_kutta_step(b, b->n, has_k1 ? 1 : 0,
                               tableau->n_stages - (tableau->is_fsal && is_last ? 1 : 0),
                               err);
}

static enum fm_status step_velocity(const struct fm_step *step, double t, const double *x,
                                    double *v, struct fm_error *err)
{
    struct fm_block *b = step->velocity_context;
    for (size_t i = 0; i < b->n; i++)
        b->stage_t[i] = t;
    enum fm_status status = fm_block_velocity(b, b->n, b->stage_t, x, v, err);
    if (b->velocity_status == FM_OK)
        b->velocity_status = status;
    return status;
}

static void step_path(const struct fm_step *step, double t, struct fm_path_point *point)
{
    const struct fm_problem *problem = step->path_context;
    problem->path(problem, t, point);
}

static enum fm_status plugin_step(struct fm_block *b, const double *times, size_t index,
                                  struct fm_error *err)
{
    const struct fm_solve *s = b->solve;
    const struct fm_services services = fm_services_make(NULL);
    memcpy(b->next, b->x, b->n * b->dim * sizeof *b->x);
    const struct fm_step step = {
        .n = b->n,
        .dim = b->dim,
        .index = index,
        .n_steps = s->control.n_steps,
        .times = times,
        .t = times[index],
        .h = times[index + 1] - times[index],
        .x = b->next,
        .state = b->state,
        .noise = {s->noise.seed, s->noise.stream, (uint32_t)index},
        .first_row = b->first_row,
        .services = &services,
        .velocity = step_velocity,
        .velocity_context = b,
        .path = s->problem && s->problem->path ? step_path : NULL,
        .path_context = s->problem,
    };
    b->velocity_status = FM_OK;
    FM_TRY(s->solver->ops->step(s->solver->options, &step, err));
    if (b->velocity_status != FM_OK) /* the solver may have dropped its message */
        return fm_fail(err, b->velocity_status,
                       "the solver went on although its velocity had failed");
    return FM_OK;
}

/* Accepts the step.  A row that stops being finite keeps its last finite state; it stays
 * in the block, where the other rows' results do not depend on it. */
static void accept(struct fm_block *b, bool *has_failures)
{
    if (!*has_failures && fm_block_is_finite(b->next, b->n * b->dim)) {
        for (size_t i = 0; b->solve->path_energy && i < b->n; i++)
            fm_block_add_energy(b, i);
        double *x = b->x;
        b->x = b->next;
        b->next = x;
        return;
    }
    *has_failures = true;
    for (size_t i = 0; i < b->n; i++) {
        double *x = b->x + i * b->dim;
        const double *next = b->next + i * b->dim;
        const size_t row = b->row[i];
        if (b->failure[row] != FM_ROW_FINE)
            continue;
        if (fm_block_is_finite(next, b->dim)) {
            fm_block_add_energy(b, i);
            memcpy(x, next, b->dim * sizeof *x);
        } else {
            b->failure[row] = FM_ROW_NOT_FINITE;
            b->failed_t[row] = b->t[i];
        }
    }
}

enum fm_status fm_block_fixed(struct fm_block *b, struct fm_error *err)
{
    const struct fm_solve *s = b->solve;
    const struct fm_tableau *tableau = s->solver->scheme.tableau;
    const double *times = s->control.times;
    bool has_failures = false;
    trace(b, 0);
    for (size_t step = 0; step < s->control.n_steps; step++) {
        FM_TRY(fm_block_check_stop(b, err));
        for (size_t i = 0; i < b->n; i++)
            fm_block_set_step(b, i, times[step], times[step + 1],
                              times[step + 1] - times[step]);
        if (tableau)
            FM_TRY(tableau_step(b, tableau, step, err));
        else
            FM_TRY(plugin_step(b, times, step, err));
        accept(b, &has_failures);
        trace(b, step + 1);
    }
    memcpy(s->x1 + b->first_row * b->dim, b->x, b->n * b->dim * sizeof *b->x);
    return FM_OK;
}
