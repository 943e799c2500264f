/* Helpers for multistep solvers that give `step` (fmrun/solver.h): weights of Adams methods
 * on any grid, a history of velocities in the step's state, one-step methods for the first
 * steps, and Adams-Bashforth as a whole.  Nothing here allocates.
 *
 * A method of k steps has n_state = k + fm_starter_arrays(starter), and its step is
 *
 *     struct fm_history past = fm_history_of(step, k);
 *     FM_TRY(step->velocity(step, step->t, step->x, past.v[0], err));
 *     if (past.n < k)
 *         return fm_starter_step(step, starter, past.v[0], past.free, err);
 *     fm_adams_weights(k, past.t, step->t, step->times[step->index + 1], weights);
 *     fm_add_weighted(size, k, weights, past.v, step->x, step->x); */
#ifndef FM_FMRUN_MULTISTEP_H
#define FM_FMRUN_MULTISTEP_H

#include <fmrun/option.h>
#include <fmrun/solver.h>
#include <fmrun/status.h>
#include <stddef.h>
#include <string.h>

enum { FM_MAX_HISTORY = 8 };

/* Sets c[k], k < n: the coefficients of Lagrange's polynomial sum_k c[k] u^k, which is 1 at
 * u[j] and 0 at the other n - 1 nodes.  All nodes differ; 1 <= n <= FM_MAX_HISTORY. */
static inline void fm_lagrange(size_t n, const double *u, size_t j, double *c)
{
    size_t degree = 0;
    c[0] = 1;
    for (size_t i = 0; i < n; i++) {
        if (i == j)
            continue;
        const double scale = 1 / (u[j] - u[i]);
        c[++degree] = 0;
        for (size_t k = degree; k > 0; k--)
            c[k] = (c[k - 1] - u[i] * c[k]) * scale;
        c[0] = -u[i] * c[0] * scale;
    }
}

/* Sets weights[j], j < n, so that sum_j weights[j] f_j is the integral from `from` to `to`
 * of the polynomial through (t_j, f_j).  With the last n times up to `from` this is
 * Adams-Bashforth of order n, with `to` among the times Adams-Moulton; on equal steps the
 * weights are h times the classical ones.  All times differ; 1 <= n <= FM_MAX_HISTORY, from
 * != to.
 * Source: Hairer, Norsett, Wanner 1993, Solving ODEs I, III.1 eq. 1.4 and III.5. */
static inline void fm_adams_weights(size_t n, const double *t, double from, double to,
                                    double *weights)
{
    const double h = to - from;
    double u[FM_MAX_HISTORY], c[FM_MAX_HISTORY];
    for (size_t j = 0; j < n; j++)
        u[j] = (t[j] - from) / h;
    for (size_t j = 0; j < n; j++) {
        double integral = 0;
        fm_lagrange(n, u, j, c);
        for (size_t k = 0; k < n; k++)
            integral += c[k] / (double)(k + 1);
        weights[j] = h * integral;
    }
}

/* to = x + sum_j weights[j] v[j], j < n, for vectors of `size` numbers; to may be x. */
static inline void fm_add_weighted(size_t size, size_t n, const double *weights,
                                   double *const *v, const double *x, double *to)
{
    if (to != x)
        memcpy(to, x, size * sizeof *to);
    for (; n > 4; n -= 2, weights += 2, v += 2)
        for (size_t i = 0; i < size; i++)
            to[i] += weights[0] * v[0][i] + weights[1] * v[1][i];
    const double w0 = n > 0 ? weights[0] : 0, w1 = n > 1 ? weights[1] : 0,
                 w2 = n > 2 ? weights[2] : 0, w3 = n > 3 ? weights[3] : 0;
    const double *v0 = n > 0 ? v[0] : x, *v1 = n > 1 ? v[1] : x, *v2 = n > 2 ? v[2] : x,
                 *v3 = n > 3 ? v[3] : x;
    if (n == 4)
        for (size_t i = 0; i < size; i++)
            to[i] += w0 * v0[i] + w1 * v1[i] + w2 * v2[i] + w3 * v3[i];
    else if (n == 3)
        for (size_t i = 0; i < size; i++)
            to[i] += w0 * v0[i] + w1 * v1[i] + w2 * v2[i];
    else if (n == 2)
        for (size_t i = 0; i < size; i++)
            to[i] += w0 * v0[i] + w1 * v1[i];
    else if (n == 1)
        for (size_t i = 0; i < size; i++)
            to[i] += w0 * v0[i];
}

/* The last velocities, newest first, in the first `most` arrays of the step's state. */
struct fm_history {
    /* How many there are, this step's included; at most `most`. */
    size_t n;
    /* [size] each.  v[0], this step's, is for the step to fill; v[most - 1] is the array
     * that the next step will fill. */
    double *v[FM_MAX_HISTORY];
    /* Their times. */
    double t[FM_MAX_HISTORY];
    /* The state's other arrays. */
    double *free;
};

/* most <= FM_MAX_HISTORY.  Sets all `most` pointers and n times. */
static inline struct fm_history fm_history_of(const struct fm_step *step, size_t most)
{
    const size_t size = step->n * step->dim;
    struct fm_history h = {.n = step->index + 1 < most ? step->index + 1 : most};
    for (size_t j = 0; j < most; j++)
        h.v[j] = step->state + (step->index + most - j) % most * size;
    for (size_t j = 0; j < h.n; j++)
        h.t[j] = step->times[step->index - j];
    h.free = step->state + most * size;
    return h;
}

/* ---- the first steps ---- */

/* In the order of fm_starter_names, so that an FM_CHOICE is one of these.  Each has order
 * starter + 1 and as many stages. */
enum fm_starter { FM_STARTER_EULER, FM_STARTER_HEUN2, FM_STARTER_KUTTA3, FM_STARTER_RK4 };
static const char *const fm_starter_names[] = {"euler", "heun2", "kutta3", "rk4", NULL};

/* How many arrays fm_starter_step needs. */
static inline size_t fm_starter_arrays(enum fm_starter starter)
{
    return starter == FM_STARTER_EULER ? 0 : (size_t)starter + 1;
}

/* FM_ERROR_CONFIG unless a method of this order keeps it: the first few steps have an error
 * of h^(starter's order + 1) each, so the starter's order may be one less. */
static inline enum fm_status fm_starter_check(enum fm_starter starter, unsigned order,
                                              struct fm_error *err)
{
    if (order <= 2 || (unsigned)starter >= order - 2)
        return FM_OK;
    return fm_fail(err, FM_ERROR_CONFIG,
                   "starter: %s has order %u, too low to start a method of order %u, which "
                   "needs \"%s\" or a higher one",
                   fm_starter_names[starter], (unsigned)starter + 1, order,
                   fm_starter_names[order - 2]);
}

/* One step of the starter.  v: the velocity at the step's begin, which is the first stage;
 * free: fm_starter_arrays(starter) arrays [n][dim].  When it fails, x is unchanged.
 * Source: Kutta 1901; Hairer, Norsett, Wanner 1993, Solving ODEs I, II.1, tables 1.1,
 * 1.2. */
static inline enum fm_status fm_starter_step(const struct fm_step *step,
                                             enum fm_starter starter, double *v,
                                             double *free, struct fm_error *err)
{
    static const struct {
        double a[3][3], b[4], c[4];
    } methods[] = {
        {.b = {1}},
        {{{1}}, {1.0 / 2, 1.0 / 2}, {0, 1}},
        {{{1.0 / 2}, {-1, 2}}, {1.0 / 6, 2.0 / 3, 1.0 / 6}, {0, 1.0 / 2, 1}},
        {{{1.0 / 2}, {0, 1.0 / 2}, {0, 0, 1}},
         {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6},
         {0, 1.0 / 2, 1.0 / 2, 1}},
    };
    const size_t size = step->n * step->dim, n_stages = (size_t)starter + 1;
    double *k[4] = {v}, weights[4];
    for (size_t i = 1; i < n_stages; i++) {
        const double c = methods[starter].c[i];
        k[i] = free + i * size;
        for (size_t j = 0; j < i; j++)
            weights[j] = step->h * methods[starter].a[i - 1][j];
        fm_add_weighted(size, i, weights, k, step->x, free);
        FM_TRY(step->velocity(step,
                              c == 1 ? step->times[step->index + 1] : step->t + c * step->h,
                              free, k[i], err));
    }
    for (size_t j = 0; j < n_stages; j++)
        weights[j] = step->h * methods[starter].b[j];
    fm_add_weighted(size, n_stages, weights, k, step->x, step->x);
    return FM_OK;
}

/* ---- Adams-Bashforth ---- */

struct fm_starter_options {
    int starter; /* enum fm_starter */
};

/* The row of an option table. */
#define FM_STARTER_OPTION(its_help)                                                        \
    {                                                                                      \
        .name = "starter", .type = FM_CHOICE,                                              \
        .offset = offsetof(struct fm_starter_options, starter), .default_text = "rk4",     \
        .choices = fm_starter_names, .help = its_help                                      \
    }

/* prepare of Adams-Bashforth of order scheme->order <= FM_MAX_HISTORY.  options: a struct
 * fm_starter_options. */
static inline enum fm_status fm_adams_bashforth_prepare(const void *options,
                                                        const struct fm_services *services,
                                                        struct fm_scheme *scheme,
                                                        struct fm_error *err)
{
    const struct fm_starter_options *o = options;
    const enum fm_starter starter = (enum fm_starter)o->starter;
    (void)services;
    scheme->n_state = scheme->order + fm_starter_arrays(starter);
    return fm_starter_check(starter, scheme->order, err);
}

/* Its step. */
static inline enum fm_status fm_adams_bashforth_step(const void *options, size_t order,
                                                     const struct fm_step *step,
                                                     struct fm_error *err)
{
    const struct fm_starter_options *o = options;
    struct fm_history past = fm_history_of(step, order);
    double weights[FM_MAX_HISTORY];
    FM_TRY(step->velocity(step, step->t, step->x, past.v[0], err));
    if (past.n < order)
        return fm_starter_step(step, (enum fm_starter)o->starter, past.v[0], past.free,
                               err);
    fm_adams_weights(order, past.t, step->t, step->times[step->index + 1], weights);
    fm_add_weighted(step->n * step->dim, order, weights, past.v, step->x, step->x);
    return FM_OK;
}

#endif
