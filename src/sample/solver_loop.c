#include <config.h>

#include "sample/solver_loop.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* The solve of one row, as its velocity callback sees it. */
struct row_solve {
    struct fm_block *block;
    double t;                    /* of the last evaluation */
    enum fm_row_failure failure; /* why that one failed */
    /* the first error of an evaluation, other than the row's own failure */
    enum fm_status velocity_status;
};

static enum fm_status row_velocity(const struct fm_ivp *ivp, double t, const double *x,
                                   double *v, struct fm_error *err)
{
    struct row_solve *r = ivp->velocity_context;
    struct fm_block *b = r->block;
    r->t = t;
    r->failure = FM_ROW_FINE;
    if (b->nfe[b->row[0]] + fm_velocity_cost(b->solve->velocity)
        > b->solve->control.max_evaluations) {
        r->failure = FM_ROW_TOO_LONG;
        return fm_fail(err, FM_ERROR_DIVERGED, "max_evaluations are used up");
    }
    b->stage_t[0] = t;
    enum fm_status status = fm_block_check_stop(b, err);
    if (status == FM_OK)
        status = fm_block_velocity(b, 1, b->stage_t, x, v, err);
    if (status != FM_OK && r->velocity_status == FM_OK)
        r->velocity_status = status;
    FM_TRY(status);
    if (!fm_block_is_finite(v, b->dim)) {
        r->failure = FM_ROW_NOT_FINITE;
        return fm_fail(err, FM_ERROR_DIVERGED, "the velocity is not finite");
    }
    return FM_OK;
}

/* Solves row r->block->row[0] in r->block->next. */
static enum fm_status solve_row(struct row_solve *r, struct fm_error *err)
{
    struct fm_block *b = r->block;
    const struct fm_solver *solver = b->solve->solver;
    const struct fm_control *c = &b->solve->control;
    const struct fm_ivp ivp = {
        .n = 1,
        .dim = b->dim,
        .x = b->next,
        .t_from = b->t_from,
        .t_to = b->t_to,
        .rtol = c->rtol,
        .atol = c->atol,
        .first_step = c->first_step,
        .min_step = c->min_step,
        .max_step = c->max_step,
        .max_evaluations = c->max_evaluations,
        .velocity = row_velocity,
        .velocity_context = r,
    };
    FM_TRY(solver->ops->solve(solver->options, &ivp, err));
    return r->velocity_status; /* a solver may ignore a velocity that failed */
}

enum fm_status fm_block_solver_loop(struct fm_block *b, struct fm_error *err)
{
    const struct fm_solve *s = b->solve;
    for (size_t i = 0; i < b->n; i++) {
        struct row_solve r = {.block = b, .t = b->t_from};
        struct fm_error row_error = {0}; /* a row that diverges is no error of the solve */
        const size_t row = b->row[0] = b->first_row + i;
        memcpy(b->next, b->x + i * b->dim, b->dim * sizeof *b->x);
        const enum fm_status status = solve_row(&r, &row_error);
        if (status != FM_OK && status != FM_ERROR_DIVERGED)
            return row_error.message[0] ? fm_fail(err, status, "%s", row_error.message)
                                        : status;
        enum fm_row_failure failure = FM_ROW_FINE;
        if (status != FM_OK)
            failure = r.failure != FM_ROW_FINE ? r.failure : FM_ROW_STEP_UNDERFLOW;
        else if (!fm_block_is_finite(b->next, b->dim))
            failure = FM_ROW_NOT_FINITE;
        b->failure[row] = (unsigned char)failure;
        b->failed_t[row] = r.t;
        if (s->path_energy)
            s->path_energy[row] = (double)NAN;
        memcpy(s->x1 + row * b->dim, b->next, b->dim * sizeof *b->x);
    }
    return FM_OK;
}
