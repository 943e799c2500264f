/* The comparison of a sweep: solvers against metrics, over seeds.  Reads the database only. */
#ifndef FM_REPORT_COMPARE_H
#define FM_REPORT_COMPARE_H

#include "store/store.h"
#include <stdbool.h>
#include <stdio.h>

/* Prints the sweep's table: solver, steps, NFE, each metric as mean and 95 % interval over
 * seeds, seconds; below it each metric's noise floor, the observed orders where a sweep
 * measures discretization errors without training noise, and what failed.
 * as_json: one object per row and metric, one a line. */
FM_MUST_USE enum fm_status fm_report_compare(struct fm_store *store, int64_t sweep_id,
                                             bool as_json, FILE *out, struct fm_error *err);

#endif
