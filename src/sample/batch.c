/* Step control with one step length for all rows, as if they were one system: what torchdiffeq
 * does.  The stages of a step go block by block over the threads; the decision is taken once,
 * from sums over blocks in their order. */
#include <config.h>

#include "sample/batch.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/parallel.h"
#include "sample/runge_kutta.h"
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
    struct fm_controlled_step step;
};

static double sum_of(const double *terms, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += terms[i];
    return sum;
}

static enum fm_status first_stage(struct fm_block *b, double *sums, struct fm_error *err)
{
    double x_squares[FM_BLOCK_ROWS], v_squares[FM_BLOCK_ROWS];
    FM_TRY(fm_first_step_begin(b, x_squares, v_squares, err));
    sums[0] = sum_of(x_squares, b->n);
    sums[1] = sum_of(v_squares, b->n);
    return FM_OK;
}

static void set_step(const struct batch *w, struct fm_block *b)
{
    for (size_t i = 0; i < b->n; i++)
        fm_block_set_step(b, i, w->step.t, w->step.t_next, w->step.h);
}

static enum fm_status trial(const struct batch *w, struct fm_block *b, double *sums,
                            struct fm_error *err)
{
    double change[FM_BLOCK_ROWS];
    set_step(w, b);
    FM_TRY(fm_first_step_probe(b, change, err));
    sums[2] = sum_of(change, b->n);
    return FM_OK;
}

static enum fm_status step(const struct batch *w, struct fm_block *b, double *sums,
                           bool *is_finite, struct fm_error *err)
{
    set_step(w, b);
    FM_TRY(fm_runge_kutta_step(b, b->n, w->step.has_k1 ? 1 : 0,
                               w->solve->solver->scheme.tableau->n_stages, err));
    sums[0] = 0;
    for (size_t i = 0; i < b->n; i++)
        sums[0] += fm_step_error_squares(b, i);
    *is_finite = fm_block_is_finite(b->next, b->n * b->dim);
    return FM_OK;
}

static void accept(struct fm_block *b)
{
    for (size_t i = 0; b->solve->path_energy && i < b->n; i++)
        fm_block_add_energy(b, i);
    memcpy(b->x, b->next, b->n * b->dim * sizeof *b->x);
    (void)fm_runge_kutta_reuse_last_stage(b, 0, b->n);
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
        status = first_stage(b, w->sums[item], err);
        break;
    case TRIAL:
        status = trial(w, b, w->sums[item], err);
        break;
    case STEP:
        status = step(w, b, w->sums[item], &w->is_finite[item], err);
        break;
    case ACCEPT:
        accept(b);
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
    FM_TRY(all_blocks(w, FIRST_STAGE, err));
    w->step.has_k1 = true;
    w->step.h = fm_first_step_given(b);
    if (w->step.h != 0)
        return FM_OK;
    const double d1 = norm(w, 1);
    w->step.h = fm_first_step_trial(b, norm(w, 0), d1);
    FM_TRY(all_blocks(w, TRIAL, err));
    w->step.h = fm_first_step_length(b, w->step.h, d1, norm(w, 2));
    return FM_OK;
}

/* Whether rows, all of one cost so far, may be evaluated as often as the step needs. */
static bool is_affordable(const struct batch *w, uint64_t nfe)
{
    return nfe + fm_step_n_evaluations(&w->blocks[0], &w->step)
           <= w->solve->control.max_evaluations;
}

/* Tries the step, and takes it where it is good. */
static enum fm_status try_step(struct batch *w, bool *is_accepted, bool *is_finite,
                               struct fm_error *err)
{
    fm_step_limit(&w->blocks[0], &w->step);
    FM_TRY(all_blocks(w, STEP, err));
    const double error = norm(w, 0);
    *is_finite = isfinite(error);
    for (size_t i = 0; i < w->n_blocks; i++)
        *is_finite = *is_finite && w->is_finite[i];
    *is_accepted = fm_step_decide(&w->blocks[0], &w->step, error, *is_finite);
    return *is_accepted ? all_blocks(w, ACCEPT, err) : FM_OK;
}

/* Steps until the end, or until that is hopeless. */
static enum fm_status take_steps(struct batch *w, enum fm_row_failure *failure,
                                 struct fm_error *err)
{
    const struct fm_block *b = &w->blocks[0];
    bool is_accepted, is_finite;
    *failure = FM_ROW_TOO_LONG;
    if (!is_affordable(w, 0))
        return FM_OK;
    FM_TRY(choose_first_step(w, err));
    while (is_affordable(w, w->solve->nfe[0])) {
        FM_TRY(fm_block_check_stop(b, err));
        FM_TRY(try_step(w, &is_accepted, &is_finite, err));
        if (is_accepted && w->step.is_last) {
            *failure = FM_ROW_FINE;
            return FM_OK;
        }
        if (fm_step_is_too_short(b, &w->step)) {
            *failure = is_finite ? FM_ROW_STEP_UNDERFLOW : FM_ROW_NOT_FINITE;
            return FM_OK;
        }
    }
    return FM_OK;
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
        .step = fm_step_at_start(&blocks[0]),
    };
    enum fm_row_failure failure = FM_ROW_FINE;
    enum fm_status status = FM_OK;
    if (!w.sums || !w.is_finite || !w.status || !w.errors)
        status = fm_out_of_memory(err);
    if (status == FM_OK)
        status = take_steps(&w, &failure, err);
    for (size_t i = 0; status == FM_OK && i < n_blocks; i++) {
        const struct fm_block *b = &blocks[i];
        memcpy(solve->x1 + b->first_row * b->dim, b->x, b->n * b->dim * sizeof *b->x);
        for (size_t k = b->first_row; k < b->first_row + b->n; k++) {
            b->failure[k] = (unsigned char)failure;
            b->failed_t[k] = w.step.t;
        }
    }
    fm_arena_fini(&arena);
    return status;
}
