/* Plugins of kind path: they join a pair (x0, x1).
 *
 * An affine path is X_t = alpha(t) x1 + sigma(t) x0 with velocity u_t = alpha'(t) x1 +
 * sigma'(t) x0, where alpha(0) = sigma(1) = 0, alpha(1) = sigma(0) = 1, and alpha / sigma
 * rises.  A path with other ends gives them (`ends`).  Sampling starts at x0 all the same,
 * and counts what it has at t = 1 as data.  So alpha(0) > 0 is an error at the start, and
 * sigma(1) > 0 leaves noise in the samples, which are distributed as x1 + sigma(1) x0.
 * Closed forms and conversions use the coefficients as given, also at the ends. */
#ifndef FM_FMRUN_PATH_H
#define FM_FMRUN_PATH_H

#include <fmrun/rng.h>
#include <fmrun/status.h>
#include <stddef.h>

struct fm_path_point {
    double alpha, sigma, d_alpha, d_sigma;
};

/* Given x0 and x1, X_t ~ N(alpha x1 + sigma x0, variance I), with velocity
 * u_t = alpha' x1 + sigma' x0 + (variance' / variance / 2) (X_t - alpha x1 - sigma x0).
 * Source: Tong et al. 2024, arXiv:2302.00482, theorem 2.1 (velocity of a Gaussian path). */
struct fm_path_bridge {
    struct fm_path_point mean;
    double variance, d_variance;
};

/* The expectations of x1 and x0 given x_t = x, and the score, from the velocity v of an
 * affine path at (x, t), coordinate by coordinate: they solve v = alpha' x1 + sigma' x0 and
 * x = alpha x1 + sigma x0.  They need alpha' sigma - sigma' alpha > 0, finite.  The score
 * is that of p_t when x0 is N(0, I) and independent of x1; it needs sigma > 0.
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

/* The velocity from an expected x1, x0 or score: the inverses of the functions above, where
 * they exist.  From x1 needs sigma > 0, from x0 and the score alpha > 0; else the result is
 * infinite or NaN, since at its own end neither determines the other.
 * Source: Lipman et al. 2024, arXiv:2412.06264, sec. 4.8, table 1. */
static inline double fm_path_velocity_of_x1(const struct fm_path_point *p, double x,
                                            double x1)
{
    return (p->d_sigma * x + (p->d_alpha * p->sigma - p->d_sigma * p->alpha) * x1)
           / p->sigma;
}

static inline double fm_path_velocity_of_x0(const struct fm_path_point *p, double x,
                                            double x0)
{
    return (p->d_alpha * x - (p->d_alpha * p->sigma - p->d_sigma * p->alpha) * x0)
           / p->alpha;
}

static inline double fm_path_velocity_of_score(const struct fm_path_point *p, double x,
                                               double score)
{
    return fm_path_velocity_of_x0(p, x, -p->sigma * score);
}

/* Exactly one of coefficients and draw is set. */
struct fm_path_ops {
    size_t size; /* sizeof(struct fm_path_ops) */

    /* An affine path at n times t_i in [0, 1], finite at all of them.  Where sigma' is
     * infinite at t = 1, give sigma and sigma' of a time close by: the velocity there
     * depends on sigma sigma', which has a limit.  Pure; called from several threads. */
    void (*coefficients)(const void *options, size_t n, const double *t,
                         struct fm_path_point *points);

    /* Any other path: one point xt and its conditional velocity ut for one pair, with
     * random numbers from r alone.  x0, x1, xt, ut: [dim], no overlap.  Pure; called from
     * several threads. */
    void (*draw)(const void *options, size_t dim, double t, const double *x0,
                 const double *x1, struct fm_rng *r, double *xt, double *ut);

    /* The distribution that draw samples, where it is a bridge, at n times; finite,
     * variance' too.  With draw only.  NULL: there is no closed form.  Pure; called from
     * several threads. */
    void (*bridge)(const void *options, size_t n, const double *t,
                   struct fm_path_bridge *points);

    /* alpha and sigma at t = 0 and at t = 1 where they are not 0, 1 and 1, 0, for `fmrun
     * plugins check`; it does not read the derivatives.  With coefficients only.  May be
     * NULL. */
    void (*ends)(const void *options, struct fm_path_point ends[2]);
};

#endif
