/* Steps of equal length: Runge-Kutta from a tableau, or a solver's own step. */
#include <config.h>

#include "sample/block.h"

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

static void set_times(struct fm_block *b, double *to, double t)
{
    for (size_t i = 0; i < b->n; i++)
        to[i] = t;
}

/* One step from t of length h.  A method whose last stage is the first of the next step
 * (FSAL) starts from it when has_first_stage. */
static enum fm_status tableau_step(struct fm_block *b, const struct fm_tableau *tableau,
                                   double t, double h, bool has_first_stage,
                                   struct fm_error *err)
{
    size_t s = tableau->n_stages;
    set_times(b, b->h, h);
    if (has_first_stage)
        memcpy(fm_block_stage(b, 0), fm_block_stage(b, s - 1),
               b->n * b->dim * sizeof *b->k);
    for (size_t i = has_first_stage ? 1 : 0; i < s; i++) {
        set_times(b, b->stage_t, t + tableau->c[i] * h);
        fm_block_combine(b, b->n, tableau->a + i * s, i, b->stage);
        FM_TRY(fm_block_velocity(b, b->n, b->stage_t, b->stage, fm_block_stage(b, i), err));
    }
    fm_block_combine(b, b->n, tableau->b, s, b->next);
    return FM_OK;
}

static enum fm_status step_velocity(const struct fm_step *step, double t, const double *x,
                                    double *v, struct fm_error *err)
{
    struct fm_block *b = step->velocity_context;
    set_times(b, b->stage_t, t);
    return fm_block_velocity(b, b->n, b->stage_t, x, v, err);
}

static enum fm_status own_step(struct fm_block *b, size_t index, double t, double h,
                               struct fm_error *err)
{
    const struct fm_solve *s = b->solve;
    memcpy(b->next, b->x, b->n * b->dim * sizeof *b->x);
    struct fm_step step = {
        .n = b->n,
        .dim = b->dim,
        .index = index,
        .t = t,
        .h = h,
        .x = b->next,
        .state = b->state,
        .noise = {s->noise.seed, s->noise.stream, (uint32_t)index},
        .first_row = b->first_row,
        .velocity = step_velocity,
        .velocity_context = b,
    };
    return s->solver->step(s->solver_options, &step, err);
}

/* Rows that stop being finite keep their last finite state and are carried along unused: the
 * grid is short, and the other rows' results do not depend on them. */
static void accept(struct fm_block *b, double t)
{
    for (size_t i = 0; i < b->n; i++) {
        double *x = b->x + i * b->dim;
        const double *next = b->next + i * b->dim;
        if (b->failure[i] != FM_ROW_FINE)
            continue;
        if (fm_row_is_finite(next, b->dim)) {
            memcpy(x, next, b->dim * sizeof *x);
        } else {
            b->failure[i] = FM_ROW_NOT_FINITE;
            b->failed_t[i] = t;
        }
    }
}

enum fm_status fm_block_fixed(struct fm_block *b, struct fm_error *err)
{
    const struct fm_solve *s = b->solve;
    const struct fm_tableau *tableau = s->solver->tableau;
    size_t n_steps = s->control.n_steps;
    double h = 1.0 / (double)n_steps;
    trace(b, 0);
    for (size_t step = 0; step < n_steps; step++) {
        double t = (double)step / (double)n_steps;
        if (s->stop && atomic_load_explicit(s->stop, memory_order_relaxed))
            return fm_fail(err, FM_INTERRUPTED, "interrupted");
        if (tableau)
            FM_TRY(tableau_step(b, tableau, t, h, tableau->is_fsal && step > 0, err));
        else
            FM_TRY(own_step(b, step, t, h, err));
        accept(b, t);
        trace(b, step + 1);
    }
    memcpy(s->x1 + b->first_row * b->dim, b->x, b->n * b->dim * sizeof *b->x);
    return FM_OK;
}
