/* Rows under a solver's own step control, one by one. */
#include <config.h>

#include "sample/own.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* The row under way, and why its velocity was refused the last time. */
struct way {
    struct fm_block *block;
    enum fm_row_failure why;
    double t;
    enum fm_status
        status; /* of the first velocity that failed, but for this row's own fault */
};

static enum fm_status row_velocity(const struct fm_ivp *ivp, double t, const double *x,
                                   double *v, struct fm_error *err)
{
    struct way *w = ivp->velocity_context;
    struct fm_block *b = w->block;
    w->t = t;
    w->why = FM_ROW_FINE;
    if (b->nfe[b->row[0]] + fm_velocity_cost(b->solve->velocity)
        > b->solve->control.max_evaluations) {
        w->why = FM_ROW_TOO_LONG;
        return fm_fail(err, FM_ERROR_DIVERGED, "no evaluation is left");
    }
    if (b->solve->stop && atomic_load_explicit(b->solve->stop, memory_order_relaxed)) {
        w->status = FM_INTERRUPTED;
        return fm_fail(err, FM_INTERRUPTED, "interrupted");
    }
    b->stage_t[0] = t;
    enum fm_status status = fm_block_velocity(b, 1, b->stage_t, x, v, err);
    if (status != FM_OK && w->status == FM_OK)
        w->status = status;
    FM_TRY(status);
    if (!fm_block_is_finite(v, b->dim)) {
        w->why = FM_ROW_NOT_FINITE;
        return fm_fail(err, FM_ERROR_DIVERGED, "the velocity is not finite");
    }
    return FM_OK;
}

enum fm_status fm_block_own(struct fm_block *b, struct fm_error *err)
{
    const struct fm_solve *s = b->solve;
    const struct fm_control *c = &s->control;
    for (size_t i = 0; i < b->n; i++) {
        struct way context = {.block = b, .t = b->t_from};
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
            .velocity_context = &context,
        };
        const size_t row = b->row[0] = b->first_row + i;
        memcpy(b->next, b->x + i * b->dim, b->dim * sizeof *b->x);
        struct fm_error why = {0}; /* a row that diverged leaves no error behind */
        enum fm_status status = s->solver->ops->solve(s->solver->options, &ivp, &why);
        if (status == FM_OK && context.status != FM_OK)
            status = context.status; /* it went on all the same */
        if (status != FM_OK && status != FM_ERROR_DIVERGED)
            return fm_fail(err, status, "%s",
                           why.message[0]
                               ? why.message
                               : "the solver or the velocity failed without a word");
        enum fm_row_failure failure = FM_ROW_FINE;
        if (status != FM_OK)
            failure = context.why != FM_ROW_FINE ? context.why : FM_ROW_STEP_UNDERFLOW;
        else if (!fm_block_is_finite(b->next, b->dim))
            failure = FM_ROW_NOT_FINITE;
        b->failure[row] = (unsigned char)failure;
        b->failed_t[row] = context.t;
        if (s->path_energy)
            s->path_energy[row] = (double)NAN;
        memcpy(s->x1 + row * b->dim, b->next, b->dim * sizeof *b->x);
    }
    return FM_OK;
}
