/* The ledger of a plan: what a database has done, and what is left.  `fmrun plan` and the
 * run both ask here.  A run or sampling is final when it is done, or when it diverged and
 * --retry is not given.  Any other status (queued, failed, interrupted, lost) means that it
 * is left. */
#ifndef FM_RUN_LEDGER_H
#define FM_RUN_LEDGER_H

#include "plan/plan.h"
#include "store/record_run.h"

/* One sampling of a point, for one of its seeds. */
struct fm_ledger_sampling {
    struct fm_known known; /* id 0: not in the database */
    bool is_final;
    /* [experiment.n_metrics]: not measured, or without a value and to be tried again */
    bool *metric_is_left;
    /* how many of them; 0 where the sampling or its run diverged and is final */
    size_t n_metrics_left;
    bool is_left; /* to be sampled or measured */
    /* it diverged, or a metric has no value, and that is final */
    bool has_failed;
};

struct fm_ledger_run {
    struct fm_known known; /* id 0: not in the database */
    bool is_final;         /* nothing is left to train */
    bool is_left;          /* to be trained, sampled or measured */
};

struct fm_ledger {
    struct fm_ledger_run *runs;            /* [plan->n_runs] */
    struct fm_ledger_sampling **samplings; /* [plan->n_points], each [n_seeds][n_methods] */
};

/* Reads the ledger into arena; writes nothing.  store NULL: there is no database.
 * must_retry: what diverged, and metrics without a value, are left.  FM_ERROR_IO,
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_ledger_read(struct fm_arena *arena,
                                          const struct fm_plan *plan,
                                          struct fm_store *store, bool must_retry,
                                          struct fm_ledger *ledger, struct fm_error *err);

#endif
