/* Step control as torchdiffeq does it: all rows are one system with one step.  Threads
 * share the blocks in each phase of a step; sums over blocks, in their order, decide
 * about it. */
#include <config.h>

#include "sample/shared_step.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/parallel.h"
#include "sample/runge_kutta.h"
#include "sample/step_control.h"

#include <math.h>
#include <string.h>

/* What the threads do with each block. */
enum phase {
    FIRST_STAGE, /* the first stage of the first step */
    TRIAL,       /* an Euler step of length h and the velocity there */
    STEP,        /* all stages and the proposed state */
    ACCEPT
};

/* Sums of squares over a block's rows, in units of the tolerance. */
enum sum { OF_X, OF_V, OF_CHANGE, OF_ERROR, N_SUMS };

struct shared_solve {
    const struct fm_solve *solve;
    size_t n_blocks;
    struct fm_block *blocks;
    const struct fm_velocity_workspace *workspaces;
    double (*sums)[N_SUMS]; /* [n_blocks] */
    bool *is_finite;        /* [n_blocks] */
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
    sums[OF_X] = sum_of(x_squares, b->n);
    sums[OF_V] = sum_of(v_squares, b->n);
    return FM_OK;
}

static void set_step(const struct shared_solve *s, struct fm_block *b)
{
    for (size_t i = 0; i < b->n; i++)
        fm_block_set_step(b, i, s->step.t, s->step.t_next, s->step.h);
}

static enum fm_status trial(const struct shared_solve *s, struct fm_block *b, double *sums,
                            struct fm_error *err)
{
    double change[FM_BLOCK_ROWS];
    set_step(s, b);
    FM_TRY(fm_first_step_probe(b, change, err));
    sums[OF_CHANGE] = sum_of(change, b->n);
    return FM_OK;
}

static enum fm_status step(const struct shared_solve *s, struct fm_block *b, double *sums,
                           bool *is_finite, struct fm_error *err)
{
    set_step(s, b);
    FM_TRY(fm_runge_kutta_step(b, b->n, s->step.has_k1 ? 1 : 0,
                               s->solve->solver->scheme.tableau->n_stages, err));
    sums[OF_ERROR] = 0;
    for (size_t i = 0; i < b->n; i++)
        sums[OF_ERROR] += fm_step_error_squares(b, i);
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
    struct shared_solve *s = context;
    struct fm_block *b = &s->blocks[item];
    struct fm_error *err = &s->errors[item];
    enum fm_status status = FM_OK;
    b->velocity = s->workspaces[thread];
    switch (s->phase) {
    case FIRST_STAGE:
        status = first_stage(b, s->sums[item], err);
        break;
    case TRIAL:
        status = trial(s, b, s->sums[item], err);
        break;
    case STEP:
        status = step(s, b, s->sums[item], &s->is_finite[item], err);
        break;
    case ACCEPT:
        accept(b);
        break;
    }
    s->status[item] = status;
}

static enum fm_status all_blocks(struct shared_solve *s, enum phase phase,
                                 struct fm_error *err)
{
    s->phase = phase;
    fm_parallel_for(s->solve->n_threads ? s->solve->n_threads : 1, s->n_blocks, do_phase,
                    s);
    for (size_t i = 0; i < s->n_blocks; i++)
        if (s->status[i] != FM_OK)
            return fm_fail(err, s->status[i], "%s", s->errors[i].message);
    return FM_OK;
}

/* The root mean square over all rows and coordinates. */
static double norm(const struct shared_solve *s, enum sum which)
{
    double sum = 0;
    for (size_t i = 0; i < s->n_blocks; i++)
        sum += s->sums[i][which];
    return sqrt(sum / (double)(s->solve->n * s->blocks[0].dim));
}

static enum fm_status choose_first_step(struct shared_solve *s, struct fm_error *err)
{
    const struct fm_block *b = &s->blocks[0];
    FM_TRY(all_blocks(s, FIRST_STAGE, err));
    s->step.has_k1 = true;
    s->step.h = fm_first_step_given(b);
    if (s->step.h != 0)
        return FM_OK;
    const double d1 = norm(s, OF_V);
    s->step.h = fm_first_step_trial(b, norm(s, OF_X), d1);
    FM_TRY(all_blocks(s, TRIAL, err));
    s->step.h = fm_first_step_length(b, s->step.h, d1, norm(s, OF_CHANGE));
    return FM_OK;
}

/* Whether max_evaluations allows the step, after nfe evaluations of each row. */
static bool is_affordable(const struct shared_solve *s, uint64_t nfe)
{
    return nfe + fm_step_n_evaluations(&s->blocks[0], &s->step)
           <= s->solve->control.max_evaluations;
}

/* Tries the step; all blocks accept it or none does. */
static enum fm_status try_step(struct shared_solve *s, bool *is_accepted, bool *is_finite,
                               struct fm_error *err)
{
    fm_step_limit(&s->blocks[0], &s->step);
    FM_TRY(all_blocks(s, STEP, err));
    const double error = norm(s, OF_ERROR);
    *is_finite = isfinite(error);
    for (size_t i = 0; i < s->n_blocks; i++)
        *is_finite = *is_finite && s->is_finite[i];
    *is_accepted = fm_step_decide(&s->blocks[0], &s->step, error, *is_finite);
    return *is_accepted ? all_blocks(s, ACCEPT, err) : FM_OK;
}

/* Steps to the end, or until step control gives up; then *failure says why. */
static enum fm_status take_steps(struct shared_solve *s, enum fm_row_failure *failure,
                                 struct fm_error *err)
{
    const struct fm_block *b = &s->blocks[0];
    bool is_accepted, is_finite;
    *failure = FM_ROW_TOO_LONG;
    if (!is_affordable(s, 0))
        return FM_OK;
    FM_TRY(choose_first_step(s, err));
    while (is_affordable(s, s->solve->nfe[0])) {
        FM_TRY(fm_block_check_stop(b, err));
        FM_TRY(try_step(s, &is_accepted, &is_finite, err));
        if (is_accepted && s->step.is_last) {
            *failure = FM_ROW_FINE;
            return FM_OK;
        }
        if (fm_step_is_too_short(b, &s->step)) {
            *failure = is_finite ? FM_ROW_STEP_UNDERFLOW : FM_ROW_NOT_FINITE;
            return FM_OK;
        }
    }
    return FM_OK;
}

enum fm_status fm_integrate_shared_step(const struct fm_solve *solve, size_t n_blocks,
                                        struct fm_block *blocks,
                                        const struct fm_velocity_workspace *workspaces,
                                        struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct shared_solve s = {
        .solve = solve,
        .n_blocks = n_blocks,
        .blocks = blocks,
        .workspaces = workspaces,
        .sums = fm_arena_take(&arena, n_blocks, sizeof *s.sums),
        .is_finite = FM_NEW(&arena, n_blocks, bool),
        .status = FM_NEW(&arena, n_blocks, enum fm_status),
        .errors = FM_NEW(&arena, n_blocks, struct fm_error),
        .step = fm_step_at_start(&blocks[0]),
    };
    enum fm_row_failure failure = FM_ROW_FINE;
    enum fm_status status = FM_OK;
    if (!s.sums || !s.is_finite || !s.status || !s.errors)
        status = fm_out_of_memory(err);
    if (status == FM_OK)
        status = take_steps(&s, &failure, err);
    for (size_t i = 0; status == FM_OK && i < n_blocks; i++) {
        const struct fm_block *b = &blocks[i];
        memcpy(solve->x1 + b->first_row * b->dim, b->x, b->n * b->dim * sizeof *b->x);
        for (size_t k = b->first_row; k < b->first_row + b->n; k++) {
            b->failure[k] = (unsigned char)failure;
            b->failed_t[k] = s.step.t;
        }
    }
    fm_arena_fini(&arena);
    return status;
}
