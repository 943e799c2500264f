#include <config.h>

#include "sample/step_control.h"

#include "sample/runge_kutta.h"

#include <float.h>
#include <math.h>

/* h' / h is SAFETY times the ratio that would just meet the tolerance, clamped to
 * [MIN_FACTOR, MAX_FACTOR]; NOT_FINITE_FACTOR after a step that is not finite. */
static const double SAFETY = 0.9, MIN_FACTOR = 0.2, MAX_FACTOR = 10,
                    NOT_FINITE_FACTOR = 0.1;
/* e1 and e2 are at least this: an error of 0 would make the next PI or PID step 0. */
static const double LEAST_ERROR = 1e-10;
/* A step that would reach the end if it were longer by this factor ends there: no step
 * of the size of rounding error remains. */
static const double END_STRETCH = 1.000001;
/* The shortest step: min_step but for rounding error, and in units of epsilon t. */
static const double MIN_STEP_SLACK = 1e-12, MIN_STEP_ULPS = 16;

static const struct fm_tableau *tableau_of(const struct fm_block *b)
{
    return b->solve->solver->scheme.tableau;
}

/* ---- errors ---- */

static double error_scale(const struct fm_control *c, double a, double b)
{
    return c->atol + c->rtol * fmax(fabs(a), fabs(b));
}

double fm_step_error_squares(const struct fm_block *b, size_t i)
{
    const struct fm_control *c = &b->solve->control;
    const struct fm_tableau *tableau = tableau_of(b);
    const double *x = b->x + i * b->dim, *next = b->next + i * b->dim;
    double sum = 0;
    for (size_t j = 0; j < b->dim; j++) {
        double e = 0;
        for (size_t s = 0; s < tableau->n_stages; s++)
            e += (tableau->b[s] - tableau->b_embedded[s])
                 * fm_block_stage(b, s)[i * b->dim + j];
        double r = b->h[i] * e / error_scale(c, x[j], next[j]);
        sum += r * r;
    }
    return sum;
}

/* The sum over coordinates of (y_j / scale_j)^2, scale from x. */
static double scaled_squares(const struct fm_control *c, size_t dim, const double *y,
                             const double *x)
{
    double sum = 0;
    for (size_t j = 0; j < dim; j++) {
        double r = y[j] / error_scale(c, x[j], x[j]);
        sum += r * r;
    }
    return sum;
}

/* The order of the error estimate, plus 1. */
static double error_order(const struct fm_block *b)
{
    const struct fm_tableau *t = tableau_of(b);
    return 1.0 + (t->order < t->embedded_order ? t->order : t->embedded_order);
}

/* ---- one step ---- */

struct fm_controlled_step fm_step_at_start(const struct fm_block *b)
{
    return (struct fm_controlled_step){.t = b->t_from, .e1 = 1, .e2 = 1};
}

void fm_step_limit(const struct fm_block *b, struct fm_controlled_step *step)
{
    step->is_last = END_STRETCH * fabs(step->h) >= fabs(b->t_to - step->t);
    if (step->is_last)
        step->h = b->t_to - step->t;
    step->t_next = step->is_last ? b->t_to : step->t + step->h;
}

size_t fm_step_n_evaluations(const struct fm_block *b,
                             const struct fm_controlled_step *step)
{
    return fm_velocity_cost(b->solve->velocity)
           * (tableau_of(b)->n_stages - (step->has_k1 ? 1 : 0));
}

/* h' / h after a step of this error. */
static double step_factor(const struct fm_block *b, const struct fm_controlled_step *step,
                          double error, bool is_finite, bool is_accepted)
{
    const double q = error_order(b);
    double factor = MAX_FACTOR;
    if (!is_finite)
        return NOT_FINITE_FACTOR;
    if (error > 0) {
        switch (is_accepted ? b->solve->control.controller : FM_CONTROLLER_I) {
        case FM_CONTROLLER_I:
            factor = pow(error, -1 / q);
            break;
        case FM_CONTROLLER_PI:
            factor = pow(error, -0.6 / q) * pow(step->e1, 0.2 / q);
            break;
        case FM_CONTROLLER_PID:
            factor =
                pow(error, -0.58 / q) * pow(step->e1, 0.21 / q) * pow(step->e2, -0.1 / q);
            break;
        }
        factor = fmin(MAX_FACTOR, fmax(MIN_FACTOR, SAFETY * factor));
    }
    return is_accepted && !step->was_rejected ? factor : fmin(factor, 1);
}

static double longest_step(const struct fm_block *b)
{
    double whole = fabs(b->t_to - b->t_from), most = b->solve->control.max_step;
    return most > 0 ? fmin(most, whole) : whole;
}

static double next_step(const struct fm_block *b, double h, double factor, bool is_accepted)
{
    double next = fmin(fabs(h) * factor, longest_step(b));
    /* after an accepted step min_step is a floor: only a rejected step of that length
     * fails */
    if (is_accepted)
        next = fmax(next, fmin(b->solve->control.min_step, longest_step(b)));
    return b->direction * next;
}

bool fm_step_decide(const struct fm_block *b, struct fm_controlled_step *step, double error,
                    bool is_finite)
{
    const bool is_accepted = is_finite && error <= 1;
    const double factor = step_factor(b, step, error, is_finite, is_accepted);
    if (is_accepted) {
        step->t = step->t_next;
        step->e2 = step->e1;
        step->e1 = fmax(error, LEAST_ERROR);
    }
    step->has_k1 = !is_accepted || tableau_of(b)->is_fsal;
    step->was_rejected = !is_accepted;
    step->h = next_step(b, step->h, factor, is_accepted);
    return is_accepted;
}

bool fm_step_is_too_short(const struct fm_block *b, const struct fm_controlled_step *step)
{
    return fabs(step->h)
           < fmax(b->solve->control.min_step * (1 - MIN_STEP_SLACK),
                  MIN_STEP_ULPS * DBL_EPSILON * fmax(fabs(step->t), DBL_EPSILON));
}

/* ---- the first step ---- */

double fm_first_step_given(const struct fm_block *b)
{
    const double given = b->solve->control.first_step;
    return given > 0 ? b->direction * fmin(given, longest_step(b)) : 0;
}

double fm_first_step_trial(const struct fm_block *b, double d0, double d1)
{
    const double h = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1;
    return b->direction * fmin(h, longest_step(b));
}

double fm_first_step_length(const struct fm_block *b, double trial, double d1,
                            double change)
{
    const double h0 = fabs(trial), largest = fmax(d1, change / h0);
    const double h1 =
        largest <= 1e-15 ? fmax(1e-6, h0 * 1e-3) : pow(0.01 / largest, 1 / error_order(b));
    const double least = b->solve->control.min_step;
    return b->direction * fmin(fmax(fmin(100 * h0, h1), least), longest_step(b));
}

enum fm_status fm_first_step_begin(struct fm_block *b, double *x_squares, double *v_squares,
                                   struct fm_error *err)
{
    const struct fm_control *c = &b->solve->control;
    const double *k1 = fm_block_stage(b, 0);
    FM_TRY(fm_block_velocity(b, b->n, b->t, b->x, fm_block_stage(b, 0), err));
    for (size_t i = 0; i < b->n; i++) {
        const double *x = b->x + i * b->dim;
        x_squares[i] = scaled_squares(c, b->dim, x, x);
        v_squares[i] = scaled_squares(c, b->dim, k1 + i * b->dim, x);
    }
    return FM_OK;
}

enum fm_status fm_first_step_probe(struct fm_block *b, double *change_squares,
                                   struct fm_error *err)
{
    static const double one = 1;
    const double *k1 = fm_block_stage(b, 0);
    double *k2 = fm_block_stage(b, tableau_of(b)->n_stages - 1);
    for (size_t i = 0; i < b->n; i++)
        b->stage_t[i] = b->t[i] + b->h[i];
    fm_runge_kutta_combine(b, b->n, &one, 1, b->stage);
    FM_TRY(fm_block_velocity(b, b->n, b->stage_t, b->stage, k2, err));
    for (size_t i = 0; i < b->n; i++) {
        const size_t at = i * b->dim;
        for (size_t j = at; j < at + b->dim; j++)
            k2[j] -= k1[j];
        change_squares[i] = scaled_squares(&b->solve->control, b->dim, k2 + at, b->x + at);
    }
    return FM_OK;
}
