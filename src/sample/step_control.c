#include <config.h>

#include "sample/step_control.h"

#include <float.h>
#include <math.h>

double fm_error_scale(const struct fm_control *c, double a, double b)
{
    return c->atol + c->rtol * fmax(fabs(a), fabs(b));
}

double fm_error_squares(const struct fm_control *c, size_t dim, const double *y,
                        const double *a, const double *b)
{
    double sum = 0;
    for (size_t j = 0; j < dim; j++) {
        double r = y[j] / fm_error_scale(c, a[j], b[j]);
        sum += r * r;
    }
    return sum;
}

double fm_step_error_squares(const struct fm_block *b, size_t i)
{
    const struct fm_control *c = &b->solve->control;
    const struct fm_tableau *tableau = b->solve->solver->scheme.tableau;
    const double *x = b->x + i * b->dim, *next = b->next + i * b->dim;
    double sum = 0;
    for (size_t j = 0; j < b->dim; j++) {
        double e = 0;
        for (size_t s = 0; s < tableau->n_stages; s++)
            e += (tableau->b[s] - tableau->b_embedded[s])
                 * fm_block_stage(b, s)[i * b->dim + j];
        double r = b->h[i] * e / fm_error_scale(c, x[j], next[j]);
        sum += r * r;
    }
    return sum;
}

/* The order of the error estimate, plus 1. */
static double error_order(const struct fm_solve *solve)
{
    const struct fm_tableau *t = solve->solver->scheme.tableau;
    return 1.0 + (t->order < t->embedded_order ? t->order : t->embedded_order);
}

double fm_step_factor(const struct fm_solve *solve, double e, double e1, double e2,
                      bool is_finite, bool is_accepted, bool was_rejected)
{
    const double q = error_order(solve);
    double factor = 10;
    if (!is_finite)
        return 0.1;
    if (e > 0) {
        switch (is_accepted ? solve->control.controller : FM_CONTROLLER_I) {
        case FM_CONTROLLER_I:
            factor = pow(e, -1 / q);
            break;
        case FM_CONTROLLER_PI:
            factor = pow(e, -0.6 / q) * pow(e1, 0.2 / q);
            break;
        case FM_CONTROLLER_PID:
            factor = pow(e, -0.58 / q) * pow(e1, 0.21 / q) * pow(e2, -0.1 / q);
            break;
        }
        factor = fmin(10, fmax(0.2, 0.9 * factor));
    }
    return is_accepted && !was_rejected ? factor : fmin(factor, 1);
}

size_t fm_step_cost(const struct fm_block *b, bool has_k1)
{
    return fm_velocity_cost(b->solve->velocity)
           * (b->solve->solver->scheme.tableau->n_stages - (has_k1 ? 1 : 0));
}

double fm_first_trial_step(double d0, double d1, double longest)
{
    return fmin(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1, longest);
}

double fm_first_step(const struct fm_solve *solve, double h0, double d1, double d2,
                     double longest)
{
    double largest = fmax(d1, d2);
    double h1 = largest <= 1e-15 ? fmax(1e-6, h0 * 1e-3)
                                 : pow(0.01 / largest, 1 / error_order(solve));
    return fmin(fmax(fmin(100 * h0, h1), solve->control.min_step), longest);
}

double fm_longest_step(const struct fm_block *b)
{
    double way = fabs(b->t_to - b->t_from), most = b->solve->control.max_step;
    return most > 0 ? fmin(most, way) : way;
}

double fm_next_step(const struct fm_block *b, double h, double factor, bool is_accepted)
{
    double next = fmin(fabs(h) * factor, fm_longest_step(b));
    /* a short step that was good is no reason to fail: only one that still is too long */
    if (is_accepted)
        next = fmax(next, fmin(b->solve->control.min_step, fm_longest_step(b)));
    return b->direction * next;
}

bool fm_is_too_short(const struct fm_control *c, double t, double h)
{
    return fabs(h)
           < fmax(c->min_step * (1 - 1e-12), 16 * DBL_EPSILON * fmax(fabs(t), DBL_EPSILON));
}
