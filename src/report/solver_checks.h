/* Results of `fmrun plugins check` for the solvers of a sweep, from the database. */
#ifndef FM_REPORT_SOLVER_CHECKS_H
#define FM_REPORT_SOLVER_CHECKS_H

#include "store/store.h"
#include <stdio.h>

/* Prints one line for the orders measured, one for the checks that failed, and one for the
 * solvers that were not checked, with the command that does it; each line only where it applies. */
FM_MUST_USE enum fm_status fm_report_solver_checks(struct fm_store *store, int64_t sweep_id,
                                                   FILE *out, struct fm_error *err);

#endif
