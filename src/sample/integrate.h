/* The integrators' loop: x(0) -> x(1) for many rows, each row its own ODE.
 *
 * Rows are cut into blocks; a thread takes a block through all its steps
 * without meeting the others.  A row's result depends on that row alone: not on its block,
 * nor on the number of threads.  Every velocity evaluation is counted here, row by row,
 * rejected steps included; a plugin can't misstate its cost. */
#ifndef FM_SAMPLE_INTEGRATE_H
#define FM_SAMPLE_INTEGRATE_H

#include "sample/velocity.h"
#include <fmrun/rng.h>
#include <fmrun/solver.h>
#include <stdatomic.h>
#include <stdint.h>

/* n_steps > 0: steps of equal length 1 / n_steps.  n_steps = 0: adaptive, which needs a
 * tableau with an embedded row. */
struct fm_control {
    size_t n_steps;
    double rtol, atol;
    double first_step;        /* 0: chosen as in Hairer, Norsett, Wanner, II.4 */
    uint64_t max_evaluations; /* of one row; it fails beyond */
};

struct fm_solve {
    const struct fm_velocity *velocity;
    const struct fm_solver_ops *solver;
    const void *solver_options;
    struct fm_control control;
    struct fm_stream noise; /* of stochastic solvers; its step is set by the loop */
    size_t n_threads;
    size_t n;
    const double *x0; /* [n][dim] */
    double *x1;       /* [n][dim]; a row that failed holds the last finite state */
    uint64_t *nfe;    /* [n]: evaluations of each row */
    /* Of the first n_traced rows the state after every step of a fixed grid:
     * trajectory[s][i][dim], s = 0 (x0) .. n_steps.  NULL: not kept. */
    double *trajectory;
    size_t n_traced;
    const atomic_bool
        *stop; /* set from outside: give up early with FM_INTERRUPTED; or NULL */
};

enum fm_row_failure {
    FM_ROW_FINE,
    FM_ROW_NOT_FINITE,
    FM_ROW_STEP_UNDERFLOW,
    FM_ROW_TOO_LONG
};

struct fm_solve_result {
    double seconds;
    uint64_t nfe_total, nfe_max;
    double nfe_mean;
    size_t n_failed;
    enum fm_row_failure first_failure; /* of the failed row with the lowest index */
    size_t first_failed_row;
    double first_failed_t;
};

/* Solves.  FM_ERROR_MEMORY; a velocity's or step's own failure, which leaves x1 partly
 * written; FM_INTERRUPTED.  Rows that fail are not a failure of the solve: see result. */
FM_MUST_USE enum fm_status fm_integrate(const struct fm_solve *solve,
                                        struct fm_solve_result *result,
                                        struct fm_error *err);

/* "stopped being finite", ... */
const char *fm_row_failure_text(enum fm_row_failure failure);

#endif
