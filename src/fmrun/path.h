/* Plugins of kind path: how a pair (x0, x1) is joined.
 *
 * An affine path is X_t = alpha(t) x1 + sigma(t) x0 with velocity
 * u_t = alpha'(t) x1 + sigma'(t) x0, alpha(0) = sigma(1) = 0, alpha(1) = sigma(0) = 1. */
#ifndef FM_FMRUN_PATH_H
#define FM_FMRUN_PATH_H

#include <fmrun/rng.h>
#include <fmrun/status.h>
#include <stddef.h>

struct fm_path_point {
    double alpha, sigma, d_alpha, d_sigma;
};

/* What the velocity v of an affine path says at (x, t): as E[u_t | x_t] = alpha' x1 + sigma' x0
 * and x_t = alpha x1 + sigma x0, the expectations of x1 and x0 given x_t = x, by coordinate.
 * They need alpha' sigma - sigma' alpha > 0, finite.  The score is that of p_t when x0 is
 * N(0, I) and independent of x1; it needs sigma > 0.
 * Source: Lipman et al. 2024, arXiv:2412.06264, sec. 4.8, table 1. */
static inline double fm_path_x1(const struct fm_path_point *p, double x, double v)
{
    return (p->sigma * v - p->d_sigma * x)
           / (p->d_alpha * p->sigma - p->d_sigma * p->alpha);
}

static inline double fm_path_x0(const struct fm_path_point *p, double x, double v)
{
    return (p->d_alpha * x - p->alpha * v)
           / (p->d_alpha * p->sigma - p->d_sigma * p->alpha);
}

static inline double fm_path_score(const struct fm_path_point *p, double x, double v)
{
    return -fm_path_x0(p, x, v) / p->sigma;
}

/* Exactly one of coefficients and draw is set. */
struct fm_path_ops {
    size_t size; /* sizeof(struct fm_path_ops) */

    /* An affine path at n times t_i in [0, 1].  Pure; called from several threads. */
    void (*coefficients)(const void *options, size_t n, const double *t,
                         struct fm_path_point *points);

    /* Any other path: one point xt and its conditional velocity ut for one pair; noise from
     * r alone.  x0, x1, xt, ut: [dim], no overlap.  Pure; called from several threads. */
    void (*draw)(const void *options, size_t dim, double t, const double *x0,
                 const double *x1, struct fm_rng *r, double *xt, double *ut);
};

#endif
