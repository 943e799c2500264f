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

/* What the database knows about a run or sampling that was added or found. */
struct fm_known {
    int64_t id;
    enum fm_run_status status; /* FM_RUN_QUEUED when it was added */
    size_t step;               /* a run's last step that was recorded; 0 for samplings */
};

/* Adds (as queued) or finds by key. */
FM_MUST_USE enum fm_status fm_store_add_run(struct fm_store *store,
                                            const struct fm_run_record *record,
                                            struct fm_known *known, struct fm_error *err);

/* Sets the status to running by this process, clears the reason, and sets the start time. */
FM_MUST_USE enum fm_status fm_store_start_run(struct fm_store *store, int64_t run_id,
                                              int64_t process_id, struct fm_error *err);
/* Sets the status and its reason, a text for the user (NULL: none), and the end time unless the
 * status is queued or running. */
FM_MUST_USE enum fm_status fm_store_set_run_status(struct fm_store *store, int64_t run_id,
                                                   enum fm_run_status status,
                                                   const char *reason,
                                                   struct fm_error *err);
/* Sets the number of training steps that are done. */
FM_MUST_USE enum fm_status fm_store_set_run_step(struct fm_store *store, int64_t run_id,
                                                 size_t step, struct fm_error *err);

/* How a run ended.  A field that is unknown (0, NULL, NaN) leaves its column as it is. */
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
    size_t best_step;          /* training step of the least validation loss; 0: none */
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
    double validation; /* loss on the validation rows */
    bool has_pairs;    /* the coupling pairs batches */
    double pair_cost, independent_cost, plan_cost, marginal_error, pair_seconds;
};

/* Adds rows and replaces those of the same step: a resumed run repeats some steps. */
FM_MUST_USE enum fm_status fm_store_add_losses(struct fm_store *store, int64_t run_id,
                                               size_t n, const struct fm_loss_row *rows,
                                               struct fm_error *err);

/* The mean loss of the n_rows training rows with t in [t_from, t_to) since the last such record. */
struct fm_loss_time_row {
    size_t step;
    double t_from, t_to, loss;
    uint64_t n_rows;
};
/* Adds rows and replaces those of the same step and t_from. */
FM_MUST_USE enum fm_status fm_store_add_losses_by_time(struct fm_store *store,
                                                       int64_t run_id, size_t n,
                                                       const struct fm_loss_time_row *rows,
                                                       struct fm_error *err);

/* Standardisation of a coordinate of the source or the data: x = (raw - shift) / scale. */
struct fm_scale_row {
    bool is_source;
    size_t coordinate;
    double shift, scale;
};
/* Adds rows and replaces those of the same coordinate. */
FM_MUST_USE enum fm_status fm_store_add_scales(struct fm_store *store, int64_t run_id,
                                               size_t n, const struct fm_scale_row *rows,
                                               struct fm_error *err);

#endif
