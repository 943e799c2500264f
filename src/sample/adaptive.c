/* Embedded Runge-Kutta pairs; finished rows leave the block, so that no evaluation is
 * wasted. */
#include <config.h>

#include "sample/adaptive.h"

#include "base/error.h"
#include "sample/runge_kutta.h"
#include "sample/step_control.h"

#include <math.h>
#include <string.h>

/* The block's first n rows are active, each with its step. */
struct active_rows {
    struct fm_block *block;
    size_t n;
    struct fm_controlled_step steps[FM_BLOCK_ROWS];
};

static void move_row(double *array, size_t dim, size_t to, size_t from)
{
    memmove(array + to * dim, array + from * dim, dim * sizeof *array);
}

/* Writes row i's result and moves the last active row to its place. */
static void finish_row(struct active_rows *rows, size_t i, enum fm_row_failure failure)
{
    struct fm_block *b = rows->block;
    size_t row = b->row[i], last = --rows->n;
    memcpy(b->solve->x1 + row * b->dim, b->x + i * b->dim, b->dim * sizeof *b->x);
    b->failure[row] = (unsigned char)failure;
    b->failed_t[row] = rows->steps[i].t;
    if (i == last)
        return;
    move_row(b->x, b->dim, i, last);
    move_row(b->next, b->dim, i, last);
    for (size_t s = 0; s < b->solve->solver->scheme.tableau->n_stages; s++)
        move_row(fm_block_stage(b, s), b->dim, i, last);
    b->row[i] = b->row[last];
    b->h[i] = b->h[last];
    rows->steps[i] = rows->steps[last];
}

/* Ends the rows whose next step would exceed max_evaluations. */
static void drop_exhausted(struct active_rows *rows)
{
    const struct fm_block *b = rows->block;
    for (size_t i = rows->n; i-- > 0;)
        if (b->nfe[b->row[i]] + fm_step_n_evaluations(b, &rows->steps[i])
            > b->solve->control.max_evaluations)
            finish_row(rows, i, FM_ROW_TOO_LONG);
}

static double norm(const struct fm_block *b, double squares)
{
    return sqrt(squares / (double)b->dim);
}

static enum fm_status choose_first_steps(struct active_rows *rows, struct fm_error *err)
{
    struct fm_block *b = rows->block;
    const double given = fm_first_step_given(b);
    double x_squares[FM_BLOCK_ROWS], v_squares[FM_BLOCK_ROWS], change[FM_BLOCK_ROWS];
    FM_TRY(fm_first_step_begin(b, x_squares, v_squares, err));
    for (size_t i = 0; i < rows->n; i++) {
        rows->steps[i].has_k1 = true;
        rows->steps[i].h = given;
    }
    if (given != 0)
        return FM_OK;
    for (size_t i = 0; i < rows->n; i++)
        b->h[i] = fm_first_step_trial(b, norm(b, x_squares[i]), norm(b, v_squares[i]));
    FM_TRY(fm_first_step_probe(b, change, err));
    for (size_t i = 0; i < rows->n; i++)
        rows->steps[i].h =
            fm_first_step_length(b, b->h[i], norm(b, v_squares[i]), norm(b, change[i]));
    return FM_OK;
}

/* Evaluates the first stages that are missing: without FSAL, those of rows whose step was
 * accepted.  The rows are gathered, evaluated together, and scattered. */
static enum fm_status complete_first_stages(struct active_rows *rows, struct fm_error *err)
{
    struct fm_block *b = rows->block;
    size_t n = 0, at[FM_BLOCK_ROWS];
    double *k1 = fm_block_stage(b, 0);
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->steps[i].has_k1)
            continue;
        memcpy(b->stage + n * b->dim, b->x + i * b->dim, b->dim * sizeof *b->x);
        b->stage_t[n] = rows->steps[i].t;
        at[n++] = i;
    }
    if (n == 0)
        return FM_OK;
    /* fm_block_velocity takes the row numbers of the first n places */
    size_t saved[FM_BLOCK_ROWS];
    memcpy(saved, b->row, rows->n * sizeof *saved);
    for (size_t i = 0; i < n; i++)
        b->row[i] = saved[at[i]];
    enum fm_status status = fm_block_velocity(b, n, b->stage_t, b->stage, b->next, err);
    memcpy(b->row, saved, rows->n * sizeof *saved);
    FM_TRY(status);
    for (size_t i = 0; i < n; i++)
        memcpy(k1 + at[i] * b->dim, b->next + i * b->dim, b->dim * sizeof *k1);
    return FM_OK;
}

/* Accepts or rejects the proposed step of row i and chooses the next length. */
static void decide_row(struct active_rows *rows, size_t i)
{
    struct fm_block *b = rows->block;
    struct fm_controlled_step *step = &rows->steps[i];
    const double error = norm(b, fm_step_error_squares(b, i));
    const bool is_finite =
        isfinite(error) && fm_block_is_finite(b->next + i * b->dim, b->dim);
    const bool is_accepted = fm_step_decide(b, step, error, is_finite);
    if (is_accepted) {
        fm_block_add_energy(b, i);
        memcpy(b->x + i * b->dim, b->next + i * b->dim, b->dim * sizeof *b->x);
        (void)fm_runge_kutta_reuse_last_stage(b, i, 1);
    }
    if (is_accepted && step->is_last)
        finish_row(rows, i, FM_ROW_FINE);
    else if (fm_step_is_too_short(b, step))
        finish_row(rows, i, is_finite ? FM_ROW_STEP_UNDERFLOW : FM_ROW_NOT_FINITE);
}

enum fm_status fm_block_adaptive(struct fm_block *b, struct fm_error *err)
{
    struct active_rows rows = {.block = b, .n = b->n};
    for (size_t i = 0; i < b->n; i++)
        rows.steps[i] = fm_step_at_start(b);
    drop_exhausted(&rows); /* all or none: all rows start alike */
    if (rows.n > 0)
        FM_TRY(choose_first_steps(&rows, err));
    for (;;) {
        drop_exhausted(&rows);
        if (rows.n == 0)
            return FM_OK;
        FM_TRY(fm_block_check_stop(b, err));
        FM_TRY(complete_first_stages(&rows, err));
        for (size_t i = 0; i < rows.n; i++) {
            fm_step_limit(b, &rows.steps[i]);
            fm_block_set_step(b, i, rows.steps[i].t, rows.steps[i].t_next, rows.steps[i].h);
        }
        FM_TRY(fm_runge_kutta_step(b, rows.n, 1, b->solve->solver->scheme.tableau->n_stages,
                                   err));
        /* backwards: finish_row moves a row that is decided already */
        for (size_t i = rows.n; i-- > 0;)
            decide_row(&rows, i);
    }
}
