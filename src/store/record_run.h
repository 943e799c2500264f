/* Writes runs: keys, statuses, parameters, losses. */
#ifndef FM_STORE_RECORD_RUN_H
#define FM_STORE_RECORD_RUN_H

#include "store/run_status.h"
#include "store/store.h"

struct fm_run_record {
    const char *key; /* unique: sha256 of what decides the weights' bits */
    uint64_t seed;   /* at most INT64_MAX */
    const char *data, *source, *network, *path, *coupling; /* plugin names */
    const char *train; /* the training part of the resolved plan */
    size_t n_steps;    /* planned training steps */
};

/* What the database knows of a run or sampling that was just added or found. */
struct fm_known {
    int64_t id;
    enum fm_run_status status; /* FM_RUN_QUEUED when it was added */
    size_t step;               /* of a run: last step reported */
};

/* Adds (as queued) or finds by key. */
FM_MUST_USE enum fm_status fm_store_add_run(struct fm_store *store,
                                            const struct fm_run_record *record,
                                            struct fm_known *known, struct fm_error *err);

/* Status running, reason cleared, started now, by this process. */
FM_MUST_USE enum fm_status fm_store_start_run(struct fm_store *store, int64_t run_id,
                                              int64_t process_id, struct fm_error *err);
/* Any status, with its reason (for the user to read; NULL: none).  Sets the end time for
 * statuses other than queued and running. */
FM_MUST_USE enum fm_status fm_store_set_run_status(struct fm_store *store, int64_t run_id,
                                                   enum fm_run_status status,
                                                   const char *reason,
                                                   struct fm_error *err);
/* The last training step that is done. */
FM_MUST_USE enum fm_status fm_store_set_run_step(struct fm_store *store, int64_t run_id,
                                                 size_t step, struct fm_error *err);

/* How a run ended; what is unknown (0, NULL, NaN) leaves the column as it is. */
struct fm_run_result {
    enum fm_run_status status;
    const char *reason;
    size_t step; /* steps done */
    size_t n_parameters;
    double flops_per_row; /* of one training row: forward and backward */
    size_t n_threads;
    const char *isa;
    double train_seconds;      /* over all processes that worked on it */
    double samples_per_second; /* training rows per second */
    int64_t weights_id;        /* artifact */
    size_t best_step;          /* of the least validation loss; 0: none */
};

FM_MUST_USE enum fm_status fm_store_finish_run(struct fm_store *store, int64_t run_id,
                                               const struct fm_run_result *result,
                                               struct fm_error *err);

struct fm_param {
    const char *key; /* dotted, "network.hidden" */
    const char *value;
};

/* Replaces the run's parameters by these. */
FM_MUST_USE enum fm_status fm_store_set_params(struct fm_store *store, int64_t run_id,
                                               size_t n, const struct fm_param *params,
                                               struct fm_error *err);

struct fm_loss_row {
    size_t step;
    double loss, grad_norm, lr;
    bool has_validation;
    double validation; /* loss on rows kept for it */
    bool has_pairs;    /* the coupling pairs batches */
    double pair_cost, independent_cost, plan_cost, marginal_error, pair_seconds;
};

/* Adds rows, replacing those of the same step (a resumed run repeats some). */
FM_MUST_USE enum fm_status fm_store_add_losses(struct fm_store *store, int64_t run_id,
                                               size_t n, const struct fm_loss_row *rows,
                                               struct fm_error *err);

/* Mean loss of the n_rows rows since the row before whose time was in [t_from, t_to). */
struct fm_loss_time_row {
    size_t step;
    double t_from, t_to, loss;
    uint64_t n_rows;
};
/* Adds rows, replacing those of the same step and time. */
FM_MUST_USE enum fm_status fm_store_add_losses_by_time(struct fm_store *store,
                                                       int64_t run_id, size_t n,
                                                       const struct fm_loss_time_row *rows,
                                                       struct fm_error *err);

/* What was taken from a coordinate of the source or of the data, and what it was then divided
 * by. */
struct fm_scale_row {
    bool is_source;
    size_t coordinate;
    double shift, scale;
};
/* Adds rows, replacing those of the same coordinate. */
FM_MUST_USE enum fm_status fm_store_add_scales(struct fm_store *store, int64_t run_id,
                                               size_t n, const struct fm_scale_row *rows,
                                               struct fm_error *err);

#endif
