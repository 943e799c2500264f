/* The order of convergence, fitted to errors on finer and finer grids. */
#ifndef FM_CHECK_FIT_H
#define FM_CHECK_FIT_H

#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

enum { FM_FIT_MAX_ERRORS = 32 };

/* A solver whose order is fitted. */
struct fm_convergence {
    enum fm_status (*solve)(void *context, size_t n_steps, double *errors,
                            struct fm_error *err);
    void *context;
    size_t n_errors;  /* at most FM_FIT_MAX_ERRORS */
    unsigned order;   /* the declared one, which decides how many terms are fitted */
    double smallest;  /* errors below are rounding; 0: 1e-12, from order 7 on 2e-13 */
    size_t max_steps; /* 0: 1536 */
};

struct fm_order_fit {
    double order;    /* NaN: n_points is too small for a fit */
    size_t n_points; /* grids in the fit */
    size_t from, to; /* steps of the coarsest and of the finest */
    double error;    /* root mean square on the finest */
    bool is_exact;   /* the error is rounding even on the coarsest grid */
};

/* Fits the order.  Grids have an even number of steps, from 2 up, six to an octave, until the
 * error is rounding.  The fit uses the finest grids above rounding, over three decades of the
 * error or a factor of 4 in h, whichever is less.  There it models each error e_j as
 *     h^order (A_j + B_j h),      from order 7 on  h^order (A_j + B_j h + C_j h^2),
 * with one order for all, and finds A, B, C by least squares of e_j / |e|.  So neither the next
 * term of the expansion nor an error that crosses zero bends the result, as they bend a line
 * through log |e|.  A fit of order p - 1 with A = 0 is as good as one of order p: of equally good
 * fits the highest order wins.
 * If the error stays on a level below 1e-9, the fit stops thirty times above that level.
 * Returns the statuses of solve. */
FM_MUST_USE enum fm_status fm_fit_order(const struct fm_convergence *convergence,
                                        struct fm_order_fit *fit, struct fm_error *err);

#endif
