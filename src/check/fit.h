/* The order of convergence, fitted to errors on finer and finer grids. */
#ifndef FM_CHECK_FIT_H
#define FM_CHECK_FIT_H

#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

enum { FM_FIT_MAX_ERRORS = 32 };

/* What is measured: the errors of a solve in n_steps steps, with their signs; not finite where
 * it diverges. */
struct fm_convergence {
    enum fm_status (*solve)(void *context, size_t n_steps, double *errors,
                            struct fm_error *err);
    void *context;
    size_t n_errors;  /* at most FM_FIT_MAX_ERRORS */
    unsigned order;   /* expected; see below */
    double smallest;  /* errors below are rounding; 0: 1e-12, from order 7 on 2e-13 */
    size_t max_steps; /* 0: 1536 */
};

struct fm_order_fit {
    double order;    /* NaN: there is none, see n_points */
    size_t n_points; /* of the fit */
    size_t from, to; /* their steps */
    double error;    /* root of the mean square on the finest grid of the fit */
    bool is_exact;   /* the error is rounding on the coarsest grid already */
};

/* Grids have an even number of steps, from 2 up, six to an octave, until the error is rounding.
 * The fit takes the finest that are clear of rounding, over three decades of the error or a
 * factor of 4 in h, whichever is less.  There each error e_j is taken for
 *     h^order (A_j + B_j h),      from order 7 on  h^order (A_j + B_j h + C_j h^2),
 * the order common to all, and A, B, C by least squares of e_j / |e|: so neither the next term
 * of the expansion nor an error that crosses zero bends the result, as they bend a line through
 * log |e|.  For p the fit of p - 1 with A = 0 is as good: of equally good fits the highest.
 * A method whose error stays on a level below 1e-9 is cut off thirty times above that.
 * The statuses of solve. */
FM_MUST_USE enum fm_status fm_fit_order(const struct fm_convergence *convergence,
                                        struct fm_order_fit *fit, struct fm_error *err);

#endif
