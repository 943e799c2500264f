/* How much of a plan is done, and how long the rest will take: for `fmrun plan`. */
#ifndef FM_RUN_PLAN_STATE_H
#define FM_RUN_PLAN_STATE_H

#include "plan/plan.h"
#include "store/store.h"

struct fm_plan_state {
    size_t n_runs_done, n_samplings, n_samplings_done;
    double seconds_left; /* an estimate, without metrics */
    bool is_done;        /* nothing is left */
    /* the estimate rests on earlier runs with n_threads in the database */
    bool is_measured;
};

/* store NULL: there is no database.  must_retry: what diverged is left, too.  Compiles the
 * networks of runs that are left, to count their operations.  FM_ERROR_IO, FM_ERROR_MEMORY,
 * and errors of plugins and data sets, as fm_model_open. */
FM_MUST_USE enum fm_status fm_plan_state_read(const struct fm_plan *plan,
                                              struct fm_store *store, size_t n_threads,
                                              bool must_retry, struct fm_plan_state *state,
                                              struct fm_error *err);

#endif
