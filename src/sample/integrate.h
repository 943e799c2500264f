/* Integration: solves dx/dt = v(x, t) for many rows, each its own ODE, forwards or
 * backwards.
 *
 * Rows are cut into blocks, and a thread takes a block through all its steps alone.  A
 * row's result depends on that row alone, not on its block or the number of threads;
 * only with a shared step does it depend on all rows.  The blocks count every velocity
 * evaluation, row by row, rejected steps included, so a plugin can't misstate its cost. */
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

/* Solves, and describes the solve in *result.  A row that fails is counted there; the
 * solve goes on.  FM_ERROR_MEMORY, FM_INTERRUPTED, or the error of the velocity or the
 * solver: then x1 is partly written, with NaN in rows not reached, and *result is
 * untouched. */
FM_MUST_USE enum fm_status fm_integrate(const struct fm_solve *solve,
                                        struct fm_solve_result *result,
                                        struct fm_error *err);

/* The failure as the predicate of a sentence: "stopped being finite". */
const char *fm_row_failure_text(enum fm_row_failure failure);

#endif
