/* The integrators' loop: x(0) -> x(1) for many rows (or back), each row its own ODE.
 *
 * Rows are cut into blocks; a thread takes a block through all its steps
 * without meeting the others.  A row's result depends on that row alone: not on its block,
 * nor on the number of threads.  Every velocity evaluation is counted here, row by row,
 * rejected steps included; a plugin can't misstate its cost. */
#ifndef FM_SAMPLE_INTEGRATE_H
#define FM_SAMPLE_INTEGRATE_H

#include "sample/solve.h"

struct fm_solve_result {
    double seconds;
    uint64_t nfe_total, nfe_min, nfe_max;
    double nfe_mean;
    size_t n_failed;
    enum fm_row_failure first_failure; /* of the failed row with the lowest index */
    size_t first_failed_row;
    double first_failed_t;
};

/* Solves.  FM_ERROR_MEMORY; a velocity's or step's own failure, which leaves x1 partly
 * written (rows not reached are NaN); FM_INTERRUPTED.  Rows that fail are not a failure of the solve: see result. */
FM_MUST_USE enum fm_status fm_integrate(const struct fm_solve *solve,
                                        struct fm_solve_result *result,
                                        struct fm_error *err);

/* "stopped being finite", ... */
const char *fm_row_failure_text(enum fm_row_failure failure);

#endif
