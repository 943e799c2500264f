/* What of a plan a database has done, and what is left: decided here once, for `fmrun plan` and
 * for the run.  Final is what stays as it is: what is done, and what diverged unless that is to be
 * tried again.  Whatever else the database has (queued, failed, interrupted, lost) is left. */
#ifndef FM_RUN_LEDGER_H
#define FM_RUN_LEDGER_H

#include "plan/plan.h"
#include "store/store.h"

/* One sampling of a point, for one of its seeds. */
struct fm_ledger_sampling {
    struct fm_known known; /* id 0: not in the database */
    bool is_final;
    bool *
        metric_is_left; /* [experiment.n_metrics]: not measured, or without a value and to be
                            * tried again */
    size_t
        n_metrics_left; /* how many of them; 0 where the sampling or its run diverged for good */
    bool is_left;       /* to be sampled or measured */
    bool has_failed; /* it diverged, or a metric has no value, and that is final */
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

/* Reads it, into arena.  store NULL: there is no database.  must_retry: what diverged, and metrics
 * without a value, are left.  Writes nothing.  FM_ERROR_IO, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_ledger_read(struct fm_arena *arena,
                                          const struct fm_plan *plan,
                                          struct fm_store *store, bool must_retry,
                                          struct fm_ledger *ledger, struct fm_error *err);

#endif
