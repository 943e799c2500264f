/* The database of results: one SQLite file, written by one fmrun at a time and read by any
 * number.  This header opens it and writes records; store/read.h reads them back.
 *
 * In the walk: run/scheduler, the only writer, turns what its workers report into the
 * records below; report/ and the commands read.  The tables are in store/schema.sql and the
 * views in store/views.sql, commented column by column.
 *
 * Common to all functions:
 * - FM_ERROR_IO: the file could not be written or read (full disk, damage, a busy file,
 * ...). The message names the file and says how to go on.  The file itself stays
 * consistent: what was committed before is there.
 * - FM_ERROR_MEMORY: out of memory.
 * - Text arguments are UTF-8 and copied; NULL means "" unless said otherwise.
 * - A double that is not finite is written as NULL, never as 0.
 * - Times are written by the store: UTC, ISO 8601 text, "2025-01-31T23:59:59.123Z".
 * - ids are positive; 0 stands for none where that is allowed.
 * - "Adds or finds": a row with the same key is left as it is and its id returned.
 * - One store is used by one thread at a time, and never on both sides of a fork. */
#ifndef FM_STORE_STORE_H
#define FM_STORE_STORE_H

#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fm_store;

/* ---- opening ------------------------------------------------------------------------- */

/* Opens path for writing; makes the file and its folder where missing, and brings a file of
 * an older version up to date after copying it to PATH.before-vN (N: the new version).
 * Takes an exclusive lock on PATH.lock until fm_store_close; runs and samplings that a
 * process left `running` (killed, power cut) become `lost`.
 * FM_ERROR_IO: another fmrun has the lock (its pid is named), the file is not a database,
 * is of another program, or of a newer fmrun (both versions are named). *store is to be
 * closed with fm_store_close. */
FM_MUST_USE enum fm_status fm_store_open(struct fm_store **store, const char *path,
                                         struct fm_error *err);

/* Opens path for reading, also while another fmrun writes it, and in a folder that can't be
 * written.  Writing functions must not be called.  FM_ERROR_NO_INPUT: there is no such file
 * (with advice); FM_ERROR_IO as above. */
FM_MUST_USE enum fm_status fm_store_open_read(struct fm_store **store, const char *path,
                                              struct fm_error *err);

/* Rolls back an open transaction, closes the file, lets the lock go.  NULL is allowed. */
void fm_store_close(struct fm_store *store);

/* In a forked child: lets go of the inherited lock, so that a child that outlives its
 * parent doesn't keep it.  Neither writes nor frees; the child must not use the store
 * again. */
void fm_store_abandon(struct fm_store *store);

/* The path it was opened by; lives as long as the store. */
const char *fm_store_path(const struct fm_store *store);

/* ---- transactions -------------------------------------------------------------------- */

/* Each writing function is a transaction of its own unless between begin and commit; many
 * small records belong between the two (a thousand times faster).  They don't nest.  After
 * a failure inside, call rollback (commit would fail): nothing since begin was written. */
FM_MUST_USE enum fm_status fm_store_begin(struct fm_store *store, struct fm_error *err);
FM_MUST_USE enum fm_status fm_store_commit(struct fm_store *store, struct fm_error *err);
/* Makes what was committed outlive a power cut, too.  Outside transactions. */
FM_MUST_USE enum fm_status fm_store_sync(struct fm_store *store, struct fm_error *err);
/* Nothing outside a transaction.  Cannot fail. */
void fm_store_rollback(struct fm_store *store);

/* ---- statuses of runs and samplings -------------------------------------------------- */

/* X(name, text in the database, meaning) */
#define FM_RUN_STATUS_LIST(X)                                                              \
    X(FM_RUN_QUEUED, "queued", "planned, not started")                                     \
    X(FM_RUN_RUNNING, "running", "a process is at it")                                     \
    X(FM_RUN_DONE, "done", "finished; its numbers are final")                              \
    X(FM_RUN_FAILED, "failed", "ended by an error; see the reason")                        \
    X(FM_RUN_DIVERGED, "diverged", "numbers stopped being finite")                         \
    X(FM_RUN_INTERRUPTED, "interrupted", "stopped by a signal; the same command resumes")  \
    X(FM_RUN_LOST, "lost", "its process vanished; the same command resumes")

enum fm_run_status {
#define FM_RUN_STATUS_ENUM(name, text, meaning) name,
    FM_RUN_STATUS_LIST(FM_RUN_STATUS_ENUM)
#undef FM_RUN_STATUS_ENUM
        FM_N_RUN_STATUSES
};

/* "queued"; never NULL. */
const char *fm_run_status_name(enum fm_run_status status);

/* ---- provenance ---------------------------------------------------------------------- */

/* One fmrun process.  pid and start time are filled in by the store; so are host,
 * fmrun_version, compiler, build_flags, cpu_model where NULL and n_processors where 0. */
struct fm_process_record {
    const char *host;
    const char *fmrun_version;
    const char *git_commit; /* of fmrun itself; NULL: unknown */
    const char *compiler, *build_flags;
    const char *cpu_model;
    size_t n_processors; /* that this process may run on */
    const char *isa;     /* kernels chosen: "portable", "avx2", "avx512" */
    size_t n_threads;    /* per run */
    size_t n_jobs;       /* runs at a time */
    const char *command_line;
};

FM_MUST_USE enum fm_status fm_store_add_process(struct fm_store *store,
                                                const struct fm_process_record *record,
                                                int64_t *process_id, struct fm_error *err);
FM_MUST_USE enum fm_status fm_store_finish_process(struct fm_store *store,
                                                   int64_t process_id, int exit_status,
                                                   struct fm_error *err);

struct fm_plugin_record {
    const char *kind, *name;
    unsigned version;
    const char *path;   /* where it was loaded from */
    const char *sha256; /* of the file */
};

/* Adds or finds by (kind, name, version, sha256); the path becomes the latest one. */
FM_MUST_USE enum fm_status fm_store_add_plugin(struct fm_store *store,
                                               const struct fm_plugin_record *record,
                                               int64_t *plugin_id, struct fm_error *err);
/* Says that the run (or one of its samplings or metrics) used the plugin. */
FM_MUST_USE enum fm_status fm_store_add_run_plugin(struct fm_store *store, int64_t run_id,
                                                   int64_t plugin_id, struct fm_error *err);

/* ---- sweeps -------------------------------------------------------------------------- */

/* An experiment as it was started: the plan is frozen here. */
struct fm_sweep_record {
    const char *key;  /* unique: sha256 of what decides its runs, samplings and metrics */
    const char *name; /* several sweeps may share one: an edited config is a new sweep */
    const char *question;
    const char *config_file; /* where the user's text came from */
    const char *plan;        /* the user's text, byte for byte */
    const char *resolved;    /* the same with every default explicit */
};

/* Adds or finds by key; either way it becomes the latest sweep of its name. */
FM_MUST_USE enum fm_status fm_store_add_sweep(struct fm_store *store,
                                              const struct fm_sweep_record *record,
                                              int64_t *sweep_id, struct fm_error *err);

/* Which run, and which sampling of it, a point of the sweep asks for.  Views show exactly
 * the samplings that have such a row. */
struct fm_point_record {
    int64_t sweep_id;
    size_t index;        /* of the sweep point, from 0; the seeds of a point share it */
    const char *setting; /* what the sweep varies here, "path.plugin=linear lr=0.001"; never
                          * the seed or the solver; "" when nothing */
    int64_t run_id;
    int64_t sampling_id; /* 0: the run itself (a sweep without solvers needs such a row) */
    bool is_reused;      /* it was done before this sweep asked */
};

/* Adds; the same point again does nothing (is_reused of the first call stays). */
FM_MUST_USE enum fm_status fm_store_add_point(struct fm_store *store,
                                              const struct fm_point_record *record,
                                              struct fm_error *err);

/* ---- runs ---------------------------------------------------------------------------- */

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

/* ---- samplings ----------------------------------------------------------------------- */

struct fm_sampling_record {
    int64_t run_id;
    const char *key;    /* unique in the run: sha256 of what decides the samples' bits */
    const char *solver; /* plugin name */
    const char *label;  /* as in tables; NULL: the solver's name */
    const char *method; /* what the other fields do not say, "" for nothing */
    unsigned order;     /* declared; 0: unknown */
    size_t steps;       /* 0: adaptive */
    double rtol, atol;  /* of adaptive ones; NaN: not used */
    double t_end;       /* where the solve ends; 0: at 1 */
    double guidance;    /* weight of the label in the velocity */
    const char *grid;   /* "uniform", ...; "" or NULL for adaptive */
    size_t n_samples;
    const char *noise; /* names the starting points: samplings of one run with equal noise
                        * and n_samples start from the same x0, row for row */
};

/* Adds (as queued) or finds by (run, key). */
FM_MUST_USE enum fm_status fm_store_add_sampling(struct fm_store *store,
                                                 const struct fm_sampling_record *record,
                                                 struct fm_known *known,
                                                 struct fm_error *err);
FM_MUST_USE enum fm_status fm_store_start_sampling(struct fm_store *store,
                                                   int64_t sampling_id, int64_t process_id,
                                                   struct fm_error *err);
FM_MUST_USE enum fm_status fm_store_set_sampling_status(struct fm_store *store,
                                                        int64_t sampling_id,
                                                        enum fm_run_status status,
                                                        const char *reason,
                                                        struct fm_error *err);

/* n samples took nfe_from to nfe_to evaluations each. */
struct fm_nfe_bin {
    uint64_t nfe_from, nfe_to;
    size_t n;
};
enum { FM_MAX_NFE_BINS = 64 };

/* Values enter v_compare's mean only from samplings that are FM_RUN_DONE. */
struct fm_sampling_result {
    enum fm_run_status status;
    const char *reason;
    double seconds;            /* NaN: not measured */
    double nfe_mean;           /* network function evaluations per sample */
    uint64_t nfe_min, nfe_max; /* of one sample */
    uint64_t nfe_total;
    size_t n_failed_rows; /* rows that are not finite or didn't reach their end */
    size_t n_bins;        /* of the histogram of evaluations */
    struct fm_nfe_bin bins[FM_MAX_NFE_BINS];
};

FM_MUST_USE enum fm_status fm_store_finish_sampling(struct fm_store *store,
                                                    int64_t sampling_id,
                                                    const struct fm_sampling_result *result,
                                                    struct fm_error *err);

/* ---- metrics ------------------------------------------------------------------------- */

struct fm_metric_def_record {
    const char *name; /* plugin name, or "discretization_error" and other built-in ones */
    unsigned version; /* of the plugin */
    const char *options; /* all of them, and the reference where it has one */
    bool is_higher_better;
    const char *unit;
};

/* Adds or finds by (name, version, options). */
FM_MUST_USE enum fm_status
fm_store_add_metric_def(struct fm_store *store, const struct fm_metric_def_record *record,
                        int64_t *metric_def_id, struct fm_error *err);
/* Says that the sweep asks for the metric.  Views show a sweep's samplings with exactly
 * these metrics, so that one that is missing or failed can be counted. */
FM_MUST_USE enum fm_status fm_store_add_sweep_metric(struct fm_store *store,
                                                     int64_t sweep_id,
                                                     int64_t metric_def_id,
                                                     struct fm_error *err);

struct fm_metric_record {
    int64_t sampling_id, metric_def_id;
    double value;          /* not finite: NULL, and note must say why */
    const char *note;      /* why there is no value; NULL: "not finite" */
    double standard_error; /* NaN: unknown */
    double floor;          /* what a perfect sampler would score; NaN: unknown */
    size_t n_used;         /* rows that entered */
    double seconds;        /* NaN: not measured */
    double nfe, njvp; /* evaluations a row that measuring took, and derivatives; 0: none */
};

/* Adds or replaces. */
FM_MUST_USE enum fm_status fm_store_add_metric(struct fm_store *store,
                                               const struct fm_metric_record *record,
                                               struct fm_error *err);

/* ---- artefacts and events ------------------------------------------------------------ */

struct fm_artifact_record {
    int64_t run_id;      /* 0: none */
    int64_t sampling_id; /* 0: none */
    const char *kind;    /* "weights", "x0", "x1", "trajectory", "image" */
    const char *path;    /* relative to the database's folder */
    const char *sha256;
    uint64_t n_bytes;
};

/* Adds; one with the same path is replaced and keeps its id. */
FM_MUST_USE enum fm_status fm_store_add_artifact(struct fm_store *store,
                                                 const struct fm_artifact_record *record,
                                                 int64_t *artifact_id,
                                                 struct fm_error *err);

enum fm_event_level { FM_EVENT_INFO, FM_EVENT_WARNING, FM_EVENT_ERROR };

/* run_id 0: of no run in particular. */
FM_MUST_USE enum fm_status fm_store_add_event(struct fm_store *store, int64_t run_id,
                                              enum fm_event_level level, const char *text,
                                              struct fm_error *err);

#endif
