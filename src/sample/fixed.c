/* Steps on a fixed grid: Runge-Kutta from a tableau, or a solver's own step. */
#include <config.h>

#include "sample/fixed.h"

#include "base/error.h"
#include "host/data.h"

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

/* The step that starts at times[index].  A method whose last stage is the first of the next step
 * (FSAL) takes it over from the step before, and the last step does without. */
static enum fm_status tableau_step(struct fm_block *b, const struct fm_tableau *tableau,
                                   const double *times, size_t index, struct fm_error *err)
{
    const bool has_first_stage = tableau->is_fsal && index > 0;
    const bool is_last = index + 1 == b->solve->control.n_steps;
    const size_t s = tableau->n_stages - (tableau->is_fsal && is_last ? 1 : 0);
    const double t = times[index], t_next = times[index + 1], h = t_next - t;
    set_times(b, b->h, h);
    if (has_first_stage)
        memcpy(fm_block_stage(b, 0), fm_block_stage(b, tableau->n_stages - 1),
               b->n * b->dim * sizeof *b->k);
    for (size_t i = has_first_stage ? 1 : 0; i < s; i++) {
        const double c = tableau->c[i];
        const double *at = i == 0 ? b->x : b->stage;
        set_times(b, b->stage_t, c == 0 ? t : c == 1 ? t_next : t + c * h);
        if (i > 0)
            fm_block_combine(b, b->n, tableau->a + i * tableau->n_stages, i, b->stage);
        FM_TRY(fm_block_velocity(b, b->n, b->stage_t, at, fm_block_stage(b, i), err));
    }
    fm_block_combine(b, b->n, tableau->b, s, b->next);
    return FM_OK;
}

static enum fm_status step_velocity(const struct fm_step *step, double t, const double *x,
                                    double *v, struct fm_error *err)
{
    struct fm_block *b = step->velocity_context;
    set_times(b, b->stage_t, t);
    enum fm_status status = fm_block_velocity(b, b->n, b->stage_t, x, v, err);
    if (b->refused == FM_OK)
        b->refused = status;
    return status;
}

static void step_path(const struct fm_step *step, double t, struct fm_path_point *point)
{
    const struct fm_problem *problem = step->path_context;
    problem->path(problem, t, point);
}

static enum fm_status own_step(struct fm_block *b, const double *times, size_t index,
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
    b->refused = FM_OK;
    FM_TRY(s->solver->ops->step(s->solver->options, &step, err));
    if (b->refused != FM_OK) /* its message may be gone */
        return fm_fail(err, b->refused,
                       "the solver went on although its velocity had failed");
    return FM_OK;
}

/* Whether all n numbers are finite.  In eight lanes, for the compiler to use vectors. */
static bool are_finite(size_t n, const double *x)
{
    double lanes[8] = {0}, sum = 0; /* x - x is 0 for finite x, NaN otherwise */
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++)
            lanes[j] += x[i + j] - x[i + j];
    for (; i < n; i++)
        sum += x[i] - x[i];
    for (size_t j = 0; j < 8; j++)
        sum += lanes[j];
    return sum == 0;
}

/* Takes the step.  Rows that stop being finite keep their last finite state and are carried
 * along unused: the grid is short, and the other rows' results do not depend on them. */
static void accept(struct fm_block *b, double t, double h, bool *has_failures)
{
    if (!*has_failures && are_finite(b->n * b->dim, b->next)) {
        for (size_t i = 0; b->solve->path_energy && i < b->n; i++)
            fm_block_add_energy(b, i, h);
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
        if (fm_row_is_finite(next, b->dim)) {
            fm_block_add_energy(b, i, h);
            memcpy(x, next, b->dim * sizeof *x);
        } else {
            b->failure[row] = FM_ROW_NOT_FINITE;
            b->failed_t[row] = t;
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
        if (s->stop && atomic_load_explicit(s->stop, memory_order_relaxed))
            return fm_fail(err, FM_INTERRUPTED, "interrupted");
        if (tableau)
            FM_TRY(tableau_step(b, tableau, times, step, err));
        else
            FM_TRY(own_step(b, times, step, err));
        accept(b, times[step], times[step + 1] - times[step], &has_failures);
        trace(b, step + 1);
    }
    memcpy(s->x1 + b->first_row * b->dim, b->x, b->n * b->dim * sizeof *b->x);
    return FM_OK;
}
