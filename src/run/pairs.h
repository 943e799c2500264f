/* Pairs from the flow of a finished run, the parent, for couplings that ask for them
 * (reflow). */
#ifndef FM_RUN_PAIRS_H
#define FM_RUN_PAIRS_H

#include "run/worker_report.h"

/* Rows with the same index are a pair. */
struct fm_flow_pairs {
    struct fm_data source, data;
    /* other pairs, as many as validate_rows */
    struct fm_data validation_source, validation;
};

/* Draws x0 from the worker's source and solves the parent's ODE from each; everything lives
 * in the worker's arena.  Each call gives the same bits, for any number of threads.
 * FM_ERROR_IO: the parent's weights are missing or from another run; FM_ERROR_CONFIG: the
 * parent has another dimension, or takes labels; FM_ERROR_DIVERGED: a solve failed;
 * FM_INTERRUPTED; FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status
fm_flow_pairs_make(struct fm_worker *w, struct fm_flow_pairs *pairs, struct fm_error *err);

#endif
