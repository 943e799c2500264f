/* Reads runs and what belongs to one: parameters, losses, artefacts. */
#ifndef FM_STORE_READ_RUN_H
#define FM_STORE_READ_RUN_H

#include "base/arena.h"
#include "store/record_sampling.h"

struct fm_run_row {
    int64_t id;
    const char *key;
    uint64_t seed;
    enum fm_run_status status;
    const char *reason;
    const char *data, *source, *network, *path, *coupling, *train;
    const char *setting; /* of the sweep's point; "" without a sweep */
    size_t n_steps, step, n_parameters, n_threads;
    double flops_per_row, train_seconds, samples_per_second;
    const char *isa, *started, *finished; /* "" when not yet */
    const char *weights;                  /* path of the artifact, "" without one */
    const char *host, *fmrun_version, *git_commit; /* of its last process */
    size_t n_samplings, n_samplings_done; /* those of the sweep; without a sweep all */
};

/* The sweep's runs by point and seed, each once. */
FM_MUST_USE enum fm_status
fm_store_each_run(struct fm_store *store, int64_t sweep_id,
                  enum fm_status (*row)(void *context, const struct fm_run_row *run,
                                        struct fm_error *err),
                  void *context, struct fm_error *err);

/* Reads one run, its texts into arena.  FM_ERROR_NO_INPUT: unknown id. */
FM_MUST_USE enum fm_status fm_store_read_run(struct fm_store *store, int64_t run_id,
                                             struct fm_arena *arena, struct fm_run_row *run,
                                             struct fm_error *err);
/* The run's parameters by key. */
FM_MUST_USE enum fm_status
fm_store_each_param(struct fm_store *store, int64_t run_id,
                    enum fm_status (*row)(void *context, const struct fm_param *param,
                                          struct fm_error *err),
                    void *context, struct fm_error *err);
/* The run's losses by step. */
FM_MUST_USE enum fm_status
fm_store_each_loss(struct fm_store *store, int64_t run_id,
                   enum fm_status (*row)(void *context, const struct fm_loss_row *loss,
                                         struct fm_error *err),
                   void *context, struct fm_error *err);
/* The artefacts of the run and of its samplings. */
FM_MUST_USE enum fm_status fm_store_each_artifact(
    struct fm_store *store, int64_t run_id,
    enum fm_status (*row)(void *context, const struct fm_artifact_record *artifact,
                          struct fm_error *err),
    void *context, struct fm_error *err);

/* A finished run on one host, for estimates of time. */
struct fm_speed_row {
    const char *network, *isa;
    size_t n_parameters, n_threads, n_jobs;
    double flops_per_row, samples_per_second;
    double flops_per_second; /* the product of the two */
};

/* The last `limit` runs that finished on host (NULL: this one), the latest first. */
FM_MUST_USE enum fm_status
fm_store_each_speed(struct fm_store *store, const char *host, size_t limit,
                    enum fm_status (*row)(void *context, const struct fm_speed_row *speed,
                                          struct fm_error *err),
                    void *context, struct fm_error *err);

#endif
