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
