/* Step control with one step length for all rows, as if they were one system: what torchdiffeq
 * does.  The stages of a step go block by block over the threads; the decision is taken once,
 * from sums over blocks in their order. */
#include <config.h>

#include "sample/batch.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/parallel.h"
#include "sample/step_control.h"

#include <math.h>
#include <string.h>

enum phase {
    FIRST_STAGE, /* k1; sums[0], sums[1]: of x and of k1 */
    TRIAL,       /* k2 after an Euler step of h; sums[2]: of k2 - k1 */
    STEP,        /* all stages and the proposed state; sums[0]: of its error */
    ACCEPT
};

struct batch {
    const struct fm_solve *solve;
    size_t n_blocks;
    struct fm_block *blocks;
    const struct fm_velocity_workspace *workspaces;
    double (*sums)[3]; /* [n_blocks] */
    bool *is_finite;   /* [n_blocks] */
    enum fm_status *status;
    struct fm_error *errors;
    enum phase phase;
    double t, h;
    bool is_last, has_k1;
};

static double *stage(struct fm_block *b, size_t s)
{
    return fm_block_stage(b, s);
}

static enum fm_status first_stage(struct batch *w, struct fm_block *b, double *sums,
                                  struct fm_error *err)
{
    const struct fm_control *c = &w->solve->control;
    FM_TRY(fm_block_velocity(b, b->n, b->t, b->x, stage(b, 0), err));
    sums[0] = sums[1] = 0;
    for (size_t i = 0; i < b->n; i++) {
        const double *x = b->x + i * b->dim;
        sums[0] += fm_error_squares(c, b->dim, x, x, x);
        sums[1] += fm_error_squares(c, b->dim, stage(b, 0) + i * b->dim, x, x);
    }
    return FM_OK;
}

static enum fm_status trial(struct batch *w, struct fm_block *b, double *sums,
                            struct fm_error *err)
{
    static const double one = 1;
    const struct fm_control *c = &w->solve->control;
    double *k1 = stage(b, 0),
           *k2 = stage(b, w->solve->solver->scheme.tableau->n_stages - 1);
    for (size_t i = 0; i < b->n; i++) {
        b->h[i] = w->h;
        b->stage_t[i] = w->t + w->h;
    }
    fm_block_combine(b, b->n, &one, 1, b->stage);
    FM_TRY(fm_block_velocity(b, b->n, b->stage_t, b->stage, k2, err));
    sums[2] = 0;
    for (size_t i = 0; i < b->n; i++) {
        const double *x = b->x + i * b->dim;
        for (size_t j = 0; j < b->dim; j++)
            k2[i * b->dim + j] -= k1[i * b->dim + j];
        sums[2] += fm_error_squares(c, b->dim, k2 + i * b->dim, x, x);
    }
    return FM_OK;
}

static enum fm_status step(struct batch *w, struct fm_block *b, double *sums,
                           bool *is_finite, struct fm_error *err)
{
    const struct fm_tableau *tableau = w->solve->solver->scheme.tableau;
    const size_t s = tableau->n_stages;
    for (size_t i = 0; i < b->n; i++) {
        b->h[i] = w->h;
        b->t[i] = w->t;
    }
    if (!w->has_k1)
        FM_TRY(fm_block_velocity(b, b->n, b->t, b->x, stage(b, 0), err));
    for (size_t k = 1; k < s; k++) {
        for (size_t i = 0; i < b->n; i++)
            b->stage_t[i] =
                w->is_last && tableau->c[k] == 1 ? b->t_to : w->t + tableau->c[k] * w->h;
        fm_block_combine(b, b->n, tableau->a + k * s, k, b->stage);
        FM_TRY(fm_block_velocity(b, b->n, b->stage_t, b->stage, stage(b, k), err));
    }
    fm_block_combine(b, b->n, tableau->b, s, b->next);
    sums[0] = 0;
    for (size_t i = 0; i < b->n; i++)
        sums[0] += fm_step_error_squares(b, i);
    *is_finite = fm_row_is_finite(b->next, b->n * b->dim);
    return FM_OK;
}

static void accept(struct batch *w, struct fm_block *b)
{
    const struct fm_tableau *tableau = w->solve->solver->scheme.tableau;
    for (size_t i = 0; b->solve->path_energy && i < b->n; i++)
        fm_block_add_energy(b, i, w->h);
    memcpy(b->x, b->next, b->n * b->dim * sizeof *b->x);
    if (tableau->is_fsal)
        memcpy(stage(b, 0), stage(b, tableau->n_stages - 1), b->n * b->dim * sizeof *b->k);
}

static void do_phase(void *context, size_t item, size_t thread)
{
    struct batch *w = context;
    struct fm_block *b = &w->blocks[item];
    struct fm_error *err = &w->errors[item];
    enum fm_status status = FM_OK;
    b->velocity = w->workspaces[thread];
    switch (w->phase) {
    case FIRST_STAGE:
        status = first_stage(w, b, w->sums[item], err);
        break;
    case TRIAL:
        status = trial(w, b, w->sums[item], err);
        break;
    case STEP:
        status = step(w, b, w->sums[item], &w->is_finite[item], err);
        break;
    case ACCEPT:
        accept(w, b);
        break;
    }
    w->status[item] = status;
}

static enum fm_status all_blocks(struct batch *w, enum phase phase, struct fm_error *err)
{
    w->phase = phase;
    fm_parallel_for(w->solve->n_threads ? w->solve->n_threads : 1, w->n_blocks, do_phase,
                    w);
    for (size_t i = 0; i < w->n_blocks; i++)
        if (w->status[i] != FM_OK)
            return fm_fail(err, w->status[i], "%s", w->errors[i].message);
    return FM_OK;
}

/* Root of the mean over all rows and coordinates. */
static double norm(const struct batch *w, size_t which)
{
    double sum = 0;
    for (size_t i = 0; i < w->n_blocks; i++)
        sum += w->sums[i][which];
    return sqrt(sum / (double)(w->solve->n * w->blocks[0].dim));
}

static enum fm_status choose_first_step(struct batch *w, struct fm_error *err)
{
    const struct fm_block *b = &w->blocks[0];
    const struct fm_control *c = &w->solve->control;
    const double longest = fm_longest_step(b);
    FM_TRY(all_blocks(w, FIRST_STAGE, err));
    w->has_k1 = true;
    if (c->first_step > 0) {
        w->h = b->direction * fmin(c->first_step, longest);
        return FM_OK;
    }
    double d1 = norm(w, 1), h0 = fm_first_trial_step(norm(w, 0), d1, longest);
    w->h = b->direction * h0;
    FM_TRY(all_blocks(w, TRIAL, err));
    w->h = b->direction * fm_first_step(w->solve, h0, d1, norm(w, 2) / h0, longest);
    return FM_OK;
}

/* Steps until the end, or until that is hopeless. */
static enum fm_status go(struct batch *w, enum fm_row_failure *failure,
                         struct fm_error *err)
{
    const struct fm_solve *s = w->solve;
    const struct fm_block *b = &w->blocks[0];
    double e1 = 1, e2 = 1;
    bool was_rejected = false;
    *failure = FM_ROW_TOO_LONG;
    if (fm_step_cost(b, false) > s->control.max_evaluations)
        return FM_OK;
    FM_TRY(choose_first_step(w, err));
    for (;;) {
        *failure = FM_ROW_TOO_LONG;
        if (s->nfe[0] + fm_step_cost(b, w->has_k1) > s->control.max_evaluations)
            return FM_OK;
        *failure = FM_ROW_FINE;
        if (s->stop && atomic_load_explicit(s->stop, memory_order_relaxed))
            return fm_fail(err, FM_INTERRUPTED, "interrupted");
        w->is_last = 1.000001 * fabs(w->h) >= fabs(b->t_to - w->t);
        if (w->is_last)
            w->h = b->t_to - w->t;
        FM_TRY(all_blocks(w, STEP, err));
        double error = norm(w, 0);
        bool is_finite = isfinite(error);
        for (size_t i = 0; i < w->n_blocks; i++)
            is_finite = is_finite && w->is_finite[i];
        bool is_accepted = is_finite && error <= 1;
        double factor =
            fm_step_factor(s, error, e1, e2, is_finite, is_accepted, was_rejected);
        w->has_k1 = true;
        if (is_accepted) {
            FM_TRY(all_blocks(w, ACCEPT, err));
            if (w->is_last)
                return FM_OK;
            w->t += w->h;
            w->has_k1 = s->solver->scheme.tableau->is_fsal;
            e2 = e1;
            e1 = fmax(error, 1e-10);
        }
        was_rejected = !is_accepted;
        w->h = fm_next_step(b, w->h, factor, is_accepted);
        if (fm_is_too_short(&s->control, w->t, w->h)) {
            *failure = is_finite ? FM_ROW_STEP_UNDERFLOW : FM_ROW_NOT_FINITE;
            return FM_OK;
        }
    }
}

enum fm_status fm_integrate_batch(const struct fm_solve *solve, size_t n_blocks,
                                  struct fm_block *blocks,
                                  const struct fm_velocity_workspace *workspaces,
                                  struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct batch w = {
        .solve = solve,
        .n_blocks = n_blocks,
        .blocks = blocks,
        .workspaces = workspaces,
        .sums = fm_arena_take(&arena, n_blocks, sizeof *w.sums),
        .is_finite = FM_NEW(&arena, n_blocks, bool),
        .status = FM_NEW(&arena, n_blocks, enum fm_status),
        .errors = FM_NEW(&arena, n_blocks, struct fm_error),
        .t = blocks[0].t_from,
    };
    enum fm_row_failure failure = FM_ROW_FINE;
    enum fm_status status = FM_OK;
    if (!w.sums || !w.is_finite || !w.status || !w.errors)
        status = fm_out_of_memory(err);
    if (status == FM_OK)
        status = go(&w, &failure, err);
    for (size_t i = 0; status == FM_OK && i < n_blocks; i++) {
        const struct fm_block *b = &blocks[i];
        memcpy(solve->x1 + b->first_row * b->dim, b->x, b->n * b->dim * sizeof *b->x);
        for (size_t k = b->first_row; k < b->first_row + b->n; k++) {
            b->failure[k] = (unsigned char)failure;
            b->failed_t[k] = w.t;
        }
    }
    fm_arena_fini(&arena);
    return status;
}
