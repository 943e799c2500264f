/* Embedded Runge-Kutta pairs with step-size control for each row by itself; rows that have
 * arrived leave the block, so that no evaluation is wasted on them.
 * Source: Hairer, Norsett, Wanner 1993, Solving ODEs I, II.4. */
#include <config.h>

#include "sample/adaptive.h"

#include "base/error.h"
#include "sample/step_control.h"

#include <math.h>
#include <string.h>

static double norm(const struct fm_control *c, size_t dim, const double *y, const double *x)
{
    return sqrt(fm_error_squares(c, dim, y, x, x) / (double)dim);
}

static void move_row(double *array, size_t dim, size_t to, size_t from)
{
    memmove(array + to * dim, array + from * dim, dim * sizeof *array);
}

/* Takes row i out of the active ones by moving the last one to its place. */
static void leave(struct fm_block *b, size_t *n_active, size_t i,
                  enum fm_row_failure failure)
{
    size_t row = b->row[i], last = --*n_active;
    memcpy(b->solve->x1 + row * b->dim, b->x + i * b->dim, b->dim * sizeof *b->x);
    b->failure[row] = (unsigned char)failure;
    b->failed_t[row] = b->t[i];
    if (i == last)
        return;
    move_row(b->x, b->dim, i, last);
    move_row(b->next, b->dim, i, last);
    for (size_t s = 0; s < b->solve->solver->scheme.tableau->n_stages; s++)
        move_row(fm_block_stage(b, s), b->dim, i, last);
    b->t[i] = b->t[last];
    b->h[i] = b->h[last];
    b->e1[i] = b->e1[last];
    b->e2[i] = b->e2[last];
    b->row[i] = b->row[last];
    b->has_k1[i] = b->has_k1[last];
    b->was_rejected[i] = b->was_rejected[last];
}

/* First step of every row (II.4): h0 so that an Euler step is small, then h from an estimate
 * of the second derivative; two evaluations, the first of which is the first stage. */
static enum fm_status first_steps(struct fm_block *b, struct fm_error *err)
{
    static const double one = 1;
    const struct fm_control *c = &b->solve->control;
    const struct fm_tableau *tableau = b->solve->solver->scheme.tableau;
    const double longest = fm_longest_step(b);
    double *k1 = fm_block_stage(b, 0), *k2 = fm_block_stage(b, tableau->n_stages - 1);
    FM_TRY(fm_block_velocity(b, b->n, b->t, b->x, k1, err));
    for (size_t i = 0; i < b->n; i++)
        b->has_k1[i] = true;
    if (c->first_step > 0) {
        for (size_t i = 0; i < b->n; i++)
            b->h[i] = b->direction * fmin(c->first_step, longest);
        return FM_OK;
    }
    for (size_t i = 0; i < b->n; i++) {
        const double *x = b->x + i * b->dim;
        double d0 = norm(c, b->dim, x, x), d1 = norm(c, b->dim, k1 + i * b->dim, x);
        b->h[i] = b->direction * fm_first_trial_step(d0, d1, longest);
        b->stage_t[i] = b->t[i] + b->h[i];
    }
    fm_block_combine(b, b->n, &one, 1, b->stage);
    FM_TRY(fm_block_velocity(b, b->n, b->stage_t, b->stage, k2, err));
    for (size_t i = 0; i < b->n; i++) {
        const double *x = b->x + i * b->dim, h0 = fabs(b->h[i]);
        double *difference = k2 + i * b->dim;
        for (size_t j = 0; j < b->dim; j++)
            difference[j] -= k1[i * b->dim + j];
        double d1 = norm(c, b->dim, k1 + i * b->dim, x);
        double d2 = norm(c, b->dim, difference, x) / h0;
        b->h[i] = b->direction * fm_first_step(b->solve, h0, d1, d2, longest);
    }
    return FM_OK;
}

/* Without FSAL the first stage must be evaluated anew after an accepted step (not after a
 * rejected one): rows that lack it are gathered, evaluated together, and spread again. */
static enum fm_status first_stages(struct fm_block *b, size_t n_active,
                                   struct fm_error *err)
{
    size_t n = 0, at[FM_BLOCK_ROWS];
    double *k1 = fm_block_stage(b, 0);
    for (size_t i = 0; i < n_active; i++) {
        if (b->has_k1[i])
            continue;
        memcpy(b->stage + n * b->dim, b->x + i * b->dim, b->dim * sizeof *b->x);
        b->stage_t[n] = b->t[i];
        at[n++] = i;
    }
    if (n == 0)
        return FM_OK;
    /* fm_block_velocity counts by place, so bring the rows' numbers there for the call. */
    size_t saved[FM_BLOCK_ROWS];
    memcpy(saved, b->row, n_active * sizeof *saved);
    for (size_t i = 0; i < n; i++)
        b->row[i] = saved[at[i]];
    enum fm_status status = fm_block_velocity(b, n, b->stage_t, b->stage, b->next, err);
    memcpy(b->row, saved, n_active * sizeof *saved);
    FM_TRY(status);
    for (size_t i = 0; i < n; i++) {
        memcpy(k1 + at[i] * b->dim, b->next + i * b->dim, b->dim * sizeof *k1);
        b->has_k1[at[i]] = true;
    }
    return FM_OK;
}

/* The step of row i was good: goes on from its end. */
static void accept(struct fm_block *b, size_t i, double error)
{
    const struct fm_tableau *tableau = b->solve->solver->scheme.tableau;
    fm_block_add_energy(b, i, b->h[i]);
    memcpy(b->x + i * b->dim, b->next + i * b->dim, b->dim * sizeof *b->x);
    b->t[i] += b->h[i];
    b->e2[i] = b->e1[i];
    b->e1[i] = fmax(error, 1e-10);
    b->has_k1[i] = tableau->is_fsal;
    if (tableau->is_fsal)
        memcpy(fm_block_stage(b, 0) + i * b->dim,
               fm_block_stage(b, tableau->n_stages - 1) + i * b->dim,
               b->dim * sizeof *b->k);
}

/* Takes or refuses the proposed step of row i and chooses the next length. */
static void judge(struct fm_block *b, size_t *n_active, size_t i, bool is_last)
{
    const struct fm_control *c = &b->solve->control;
    double error = sqrt(fm_step_error_squares(b, i) / (double)b->dim);
    bool is_finite = isfinite(error) && fm_row_is_finite(b->next + i * b->dim, b->dim);
    bool is_accepted = is_finite && error <= 1;
    double factor = fm_step_factor(b->solve, error, b->e1[i], b->e2[i], is_finite,
                                   is_accepted, b->was_rejected[i]);
    if (is_accepted)
        accept(b, i, error);
    if (is_accepted && is_last) {
        leave(b, n_active, i, FM_ROW_FINE);
        return;
    }
    b->was_rejected[i] = !is_accepted;
    b->h[i] = fm_next_step(b, b->h[i], factor, is_accepted);
    if (fm_is_too_short(c, b->t[i], b->h[i]))
        leave(b, n_active, i, is_finite ? FM_ROW_STEP_UNDERFLOW : FM_ROW_NOT_FINITE);
}

/* Rows that another step would take beyond max_evaluations leave. */
static void drop_exhausted(struct fm_block *b, size_t *n_active)
{
    const uint64_t most = b->solve->control.max_evaluations;
    for (size_t i = *n_active; i-- > 0;)
        if (b->nfe[b->row[i]] + fm_step_cost(b, b->has_k1[i]) > most)
            leave(b, n_active, i, FM_ROW_TOO_LONG);
}

enum fm_status fm_block_adaptive(struct fm_block *b, struct fm_error *err)
{
    const struct fm_tableau *tableau = b->solve->solver->scheme.tableau;
    size_t n_active = b->n, s = tableau->n_stages;
    bool is_last[FM_BLOCK_ROWS];
    drop_exhausted(b, &n_active); /* all or none, as every row starts alike */
    if (n_active > 0)
        FM_TRY(first_steps(b, err));
    for (;;) {
        drop_exhausted(b, &n_active);
        if (n_active == 0)
            return FM_OK;
        if (b->solve->stop && atomic_load_explicit(b->solve->stop, memory_order_relaxed))
            return fm_fail(err, FM_INTERRUPTED, "interrupted");
        FM_TRY(first_stages(b, n_active, err));
        for (size_t i = 0; i < n_active; i++) {
            /* within a hair of the end, go there: no step of roundoff's length remains */
            is_last[i] = 1.000001 * fabs(b->h[i]) >= fabs(b->t_to - b->t[i]);
            if (is_last[i])
                b->h[i] = b->t_to - b->t[i];
        }
        for (size_t stage = 1; stage < s; stage++) {
            for (size_t i = 0; i < n_active; i++)
                b->stage_t[i] = is_last[i] && tableau->c[stage] == 1
                                    ? b->t_to
                                    : b->t[i] + tableau->c[stage] * b->h[i];
            fm_block_combine(b, n_active, tableau->a + stage * s, stage, b->stage);
            FM_TRY(fm_block_velocity(b, n_active, b->stage_t, b->stage,
                                     fm_block_stage(b, stage), err));
        }
        fm_block_combine(b, n_active, tableau->b, s, b->next);
        for (size_t i = n_active;
             i-- > 0;) /* backwards: who moves here was judged already */
            judge(b, &n_active, i, is_last[i]);
    }
}
