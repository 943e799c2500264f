#include <config.h>

#include "check/fit.h"

#include <math.h>

enum { MAX_POINTS = 64, MIN_POINTS = 4, MAX_TERMS = 3 };

struct points {
    size_t n, steps[MAX_POINTS], n_errors;
    double size[MAX_POINTS]; /* root of the mean square of the errors */
    double errors[MAX_POINTS][FM_FIT_MAX_ERRORS];
};

/* 2, 4, ..., 12, then six to an octave: 14, 16, 20, ... */
static size_t next_steps(size_t n)
{
    size_t next = (size_t)((double)n * 1.1225 + 0.5);
    next += next % 2;
    return next > n ? next : n + 2;
}

static enum fm_status measure(const struct fm_convergence *c, double smallest,
                              struct points *p, struct fm_error *err)
{
    const size_t most = c->max_steps ? c->max_steps : 1536;
    size_t n_small = 0;
    p->n = 0;
    p->n_errors = c->n_errors;
    for (size_t steps = 2; steps <= most && p->n < MAX_POINTS; steps = next_steps(steps)) {
        double sum = 0;
        FM_TRY(c->solve(c->context, steps, p->errors[p->n], err));
        for (size_t j = 0; j < c->n_errors; j++)
            sum += p->errors[p->n][j] * p->errors[p->n][j];
        p->size[p->n] = sqrt(sum / (double)c->n_errors);
        p->steps[p->n] = steps;
        n_small = p->size[p->n++] < smallest ? n_small + 1 : 0;
        if (n_small == 2)
            break;
    }
    return FM_OK;
}

/* Methods that iterate to a tolerance have errors that stop falling above rounding: then thirty
 * times that level. */
static double floor_of(const struct points *p, double smallest)
{
    if (p->n < 8 || !(p->size[p->n - 1] < 1e-9))
        return smallest;
    double low = p->size[p->n - 1], high = low;
    for (size_t i = p->n - 8; i < p->n; i++) {
        low = fmin(low, p->size[i]);
        high = fmax(high, p->size[i]);
    }
    return high < 2 * low ? fmax(smallest, 30 * high) : smallest;
}

/* The points of a fit; h in units of the finest, to keep numbers near 1. */
struct window {
    const struct points *points;
    size_t first, last, n_terms;
};

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void take_away(size_t n, double factor, const double *a, double *b)
{
    for (size_t i = 0; i < n; i++)
        b[i] -= factor * a[i];
}

/* h^order, h^(order + 1), ..., each divided by the size of the error, orthonormalised. */
static void make_basis(const struct window *w, double order,
                       double basis[MAX_TERMS][MAX_POINTS])
{
    const struct points *p = w->points;
    const size_t n = w->last - w->first + 1;
    for (size_t i = 0; i < n; i++) {
        double h = (double)p->steps[w->last] / (double)p->steps[w->first + i];
        basis[0][i] = pow(h, order) * p->size[w->last] / p->size[w->first + i];
        for (size_t k = 1; k < w->n_terms; k++)
            basis[k][i] = basis[k - 1][i] * h;
    }
    for (size_t k = 0; k < w->n_terms; k++) {
        for (size_t l = 0; l < 2 * k; l++) /* twice, for rounding */
            take_away(n, dot(n, basis[k], basis[l % k]), basis[l % k], basis[k]);
        double norm = sqrt(dot(n, basis[k], basis[k]));
        for (size_t i = 0; i < n; i++)
            basis[k][i] /= norm;
    }
}

/* Root mean square residual of the best fit of that order, relative to the errors' size. */
static double left_by(const struct window *w, double order)
{
    double basis[MAX_TERMS][MAX_POINTS], y[MAX_POINTS], left = 0;
    const struct points *p = w->points;
    const size_t n = w->last - w->first + 1;
    make_basis(w, order, basis);
    for (size_t j = 0; j < p->n_errors; j++) {
        for (size_t i = 0; i < n; i++)
            y[i] = p->errors[w->first + i][j] / p->size[w->first + i];
        for (size_t k = 0; k < w->n_terms; k++)
            take_away(n, dot(n, basis[k], y), basis[k], y);
        left += dot(n, y, y);
    }
    return sqrt(left / (double)(n * p->n_errors));
}

/* The minimum between low and high, by golden section. */
static double refine(const struct window *w, double low, double high)
{
    const double golden = 0.6180339887498949;
    for (int i = 0; i < 30; i++) {
        double a = high - golden * (high - low), b = low + golden * (high - low);
        if (left_by(w, a) < left_by(w, b))
            high = b;
        else
            low = a;
    }
    return (low + high) / 2;
}

static double fitted(const struct window *w)
{
    enum { N = 300 };
    const double step = 0.05;
    double left[N + 2], least = (double)INFINITY;
    for (size_t i = 0; i < N + 2; i++) {
        left[i] = left_by(w, step * (double)i);
        least = fmin(least, left[i]);
    }
    for (size_t i = N; i > 0; i--)
        if (left[i] <= left[i - 1] && left[i] <= left[i + 1] && left[i] <= 3 * least)
            return refine(w, step * (double)(i - 1), step * (double)(i + 1));
    return step * (double)(left[0] <= left[N + 1] ? 0 : N + 1);
}

enum fm_status fm_fit_order(const struct fm_convergence *c, struct fm_order_fit *fit,
                            struct fm_error *err)
{
    static _Thread_local struct points p;
    const bool is_high = c->order >= 7;
    double smallest = c->smallest > 0 ? c->smallest : is_high ? 2e-13 : 1e-12;
    FM_TRY(measure(c, smallest, &p, err));
    *fit = (struct fm_order_fit){.order = (double)NAN};
    smallest = floor_of(&p, smallest);
    size_t last = p.n;
    while (last > 0 && !(p.size[last - 1] >= smallest && isfinite(p.size[last - 1])))
        last--;
    if (last == 0) {
        fit->is_exact = p.n > 0 && p.size[0] < smallest;
        return FM_OK;
    }
    const double reach =
        fmin(4, pow(is_high ? 1e4 : 1e3, 1 / (double)(c->order ? c->order : 1)));
    size_t first = --last;
    while (first > 0 && isfinite(p.size[first - 1]) && p.size[first - 1] > 0
           && ((double)p.steps[last] <= reach * (double)p.steps[first]
               || last - first + 1 < MIN_POINTS))
        first--;
    fit->n_points = last - first + 1;
    fit->from = p.steps[first];
    fit->to = p.steps[last];
    fit->error = p.size[last];
    if (fit->n_points >= MIN_POINTS)
        fit->order = fitted(&(struct window){&p, first, last, is_high ? 3 : 2});
    return FM_OK;
}
