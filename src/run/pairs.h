/* Pairs for a coupling that has them from the flow of a finished run, its parent. */
#ifndef FM_RUN_PAIRS_H
#define FM_RUN_PAIRS_H

#include "run/worker_report.h"

/* Rows of the same place are a pair. */
struct fm_flow_pairs {
    struct fm_data source, data;
    struct fm_data validation_source,
        validation; /* other pairs, as many as validate_rows */
};

/* Draws x0 from the worker's source, and solves the parent's ODE from each; everything is in the
 * worker's arena.  The same bits whenever it is asked, at any number of threads.
 * FM_ERROR_IO: the parent's weights are not there, or of something else; FM_ERROR_CONFIG: it is
 * of another dimension; FM_ERROR_DIVERGED: a solve failed; FM_INTERRUPTED; FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status
fm_flow_pairs_make(struct fm_worker *w, struct fm_flow_pairs *pairs, struct fm_error *err);

#endif
