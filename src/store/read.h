/* Reading the database: typed rows for reports and plans, and the user's own SQL.
 *
 * All functions also work on a store open for writing.  Texts in rows are never NULL and
 * live until the callback returns (or as long as the arena, where there is one).  A
 * callback that doesn't return FM_OK ends the query, which then returns its status. Numbers
 * that the database has as NULL are NaN (doubles) or 0 (counts, ids).  Statuses:
 * FM_ERROR_IO, FM_ERROR_MEMORY, the callback's own, and what is said at the function. */
#ifndef FM_STORE_READ_H
#define FM_STORE_READ_H

#include "base/arena.h"
#include "store/store.h"

/* ---- sweeps -------------------------------------------------------------------------- */

struct fm_sweep_row {
    int64_t id;
    const char *key, *name, *question, *config_file;
    const char *created, *used; /* times: first and last started */
    bool is_latest;             /* of its name */
    size_t n_points, n_runs, n_samplings;
    size_t n_runs_done, n_runs_failed; /* failed or diverged */
    size_t n_runs_open;                /* all others */
};

/* Sweeps by last use, the latest first. */
FM_MUST_USE enum fm_status
fm_store_each_sweep(struct fm_store *store,
                    enum fm_status (*row)(void *context, const struct fm_sweep_row *sweep,
                                          struct fm_error *err),
                    void *context, struct fm_error *err);

/* The latest sweep of that name.  FM_ERROR_NO_INPUT, with the nearest name, without one. */
FM_MUST_USE enum fm_status fm_store_find_sweep(struct fm_store *store, const char *name,
                                               int64_t *sweep_id, struct fm_error *err);
/* The sweep used last.  FM_ERROR_NO_INPUT when there is none. */
FM_MUST_USE enum fm_status fm_store_last_sweep(struct fm_store *store, int64_t *sweep_id,
                                               struct fm_error *err);
/* The sweep as it was recorded, in arena.  FM_ERROR_NO_INPUT for an unknown id. */
FM_MUST_USE enum fm_status fm_store_read_sweep(struct fm_store *store, int64_t sweep_id,
                                               struct fm_arena *arena,
                                               struct fm_sweep_record *record,
                                               struct fm_error *err);

/* ---- runs ---------------------------------------------------------------------------- */

struct fm_run_row {
    int64_t id;
    const char *key;
    uint64_t seed;
    enum fm_run_status status;
    const char *reason;
    const char *data, *source, *network, *path, *coupling, *train;
    const char *setting; /* of the sweep's point; "" outside a sweep */
    size_t n_steps, step, n_parameters, n_threads;
    double flops_per_row, train_seconds, samples_per_second;
    const char *isa, *started, *finished; /* "" when not yet */
    const char *weights;                  /* path of the artifact, "" without one */
    const char *host, *fmrun_version, *git_commit; /* of its last process */
    size_t n_samplings, n_samplings_done; /* in the sweep; of the run outside one */
};

/* The sweep's runs by point and seed, each once. */
FM_MUST_USE enum fm_status
fm_store_each_run(struct fm_store *store, int64_t sweep_id,
                  enum fm_status (*row)(void *context, const struct fm_run_row *run,
                                        struct fm_error *err),
                  void *context, struct fm_error *err);

/* One run, its texts in arena.  FM_ERROR_NO_INPUT for an unknown id. */
FM_MUST_USE enum fm_status fm_store_read_run(struct fm_store *store, int64_t run_id,
                                             struct fm_arena *arena, struct fm_run_row *run,
                                             struct fm_error *err);
/* Status and step of the run with this key; known->id is 0 when there is none. */
FM_MUST_USE enum fm_status fm_store_find_run(struct fm_store *store, const char *key,
                                             struct fm_known *known, struct fm_error *err);

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
/* Artefacts of the run and of its samplings. */
FM_MUST_USE enum fm_status fm_store_each_artifact(
    struct fm_store *store, int64_t run_id,
    enum fm_status (*row)(void *context, const struct fm_artifact_record *artifact,
                          struct fm_error *err),
    void *context, struct fm_error *err);

/* ---- samplings and metrics ----------------------------------------------------------- */

/* Status of the run's sampling with this key; known->id is 0 when there is none. */
FM_MUST_USE enum fm_status fm_store_find_sampling(struct fm_store *store, int64_t run_id,
                                                  const char *key, struct fm_known *known,
                                                  struct fm_error *err);
/* The id of that definition, 0 when there is none. */
FM_MUST_USE enum fm_status
fm_store_find_metric_def(struct fm_store *store, const char *name, unsigned version,
                         const char *options, int64_t *metric_def_id, struct fm_error *err);
/* Whether the sampling was measured by the metric, and whether that gave a value. */
FM_MUST_USE enum fm_status fm_store_has_metric(struct fm_store *store, int64_t sampling_id,
                                               int64_t metric_def_id, bool *has_row,
                                               bool *has_value, struct fm_error *err);

/* One row of v_result: a sampling of a sweep, and one metric of it. */
struct fm_result_row {
    int64_t run_id, sampling_id;
    size_t point;
    const char *setting, *data, *source, *network, *path, *coupling;
    uint64_t seed;
    const char *solver, *label, *method;
    size_t steps; /* 0: adaptive */
    double rtol, atol;
    size_t n_samples, n_failed_rows;
    double nfe, seconds;
    enum fm_run_status
        status; /* the run's, while the run keeps the sampling from starting */
    const char *reason;
    const char *metric, *metric_options, *unit; /* "" for a sweep without metrics */
    bool is_higher_better;
    double value, standard_error, floor;
    const char *note;
};

/* The sweep's results by metric, point, solver, steps and seed. */
FM_MUST_USE enum fm_status fm_store_each_result(
    struct fm_store *store, int64_t sweep_id,
    enum fm_status (*row)(void *context, const struct fm_result_row *result,
                          struct fm_error *err),
    void *context, struct fm_error *err);

/* One row of v_compare: the same over seeds. */
struct fm_compare_row {
    size_t point; /* the first that has this setting */
    const char *setting, *data, *source, *network, *path, *coupling;
    const char *solver, *label, *method;
    unsigned order; /* declared; 0: unknown */
    size_t steps;   /* 0: adaptive */
    double rtol, atol;
    const char *metric, *metric_options, *unit;
    bool is_higher_better;
    size_t n_seeds;  /* = n + n_failed + n_open */
    size_t n;        /* with a value: these make the mean */
    size_t n_failed; /* failed, diverged, or without a finite value */
    size_t n_open;   /* not finished or not measured yet */
    double mean, sd,
        ci95; /* ci95: half width of the interval for the mean; NaN for n = 1 */
    double min, max;
    double floor, standard_error; /* means of the estimates' own */
    double nfe, seconds;          /* means over samplings that are done */
    bool is_on_front;             /* a row of v_pareto */
};

/* The sweep's comparison by metric, point, and the plan's order of solvers. */
FM_MUST_USE enum fm_status fm_store_each_compare(
    struct fm_store *store, int64_t sweep_id,
    enum fm_status (*row)(void *context, const struct fm_compare_row *compare,
                          struct fm_error *err),
    void *context, struct fm_error *err);

/* One row of v_order. */
struct fm_order_row {
    const char *setting, *data, *network, *path, *coupling, *solver, *label, *method;
    unsigned declared;
    size_t n_points; /* step counts that entered the fit */
    double observed; /* NaN with fewer than two */
    size_t steps_min, steps_max;
};

FM_MUST_USE enum fm_status
fm_store_each_order(struct fm_store *store, int64_t sweep_id,
                    enum fm_status (*row)(void *context, const struct fm_order_row *order,
                                          struct fm_error *err),
                    void *context, struct fm_error *err);

/* Whether the run used a plugin of this kind, name and version whose file was another. */
FM_MUST_USE enum fm_status fm_store_has_other_build(struct fm_store *store, int64_t run_id,
                                                    const char *kind, const char *name,
                                                    unsigned version, const char *sha256,
                                                    bool *is_other, struct fm_error *err);

/* ---- history ------------------------------------------------------------------------- */

/* A finished run on this host, for estimates of time. */
struct fm_speed_row {
    const char *network, *isa;
    size_t n_parameters, n_threads, n_jobs;
    double flops_per_row, samples_per_second;
    double flops_per_second; /* the product of the two */
};

/* The last `limit` runs that were finished on host (NULL: this one), the latest first. */
FM_MUST_USE enum fm_status
fm_store_each_speed(struct fm_store *store, const char *host, size_t limit,
                    enum fm_status (*row)(void *context, const struct fm_speed_row *speed,
                                          struct fm_error *err),
                    void *context, struct fm_error *err);

/* ---- the user's own SQL -------------------------------------------------------------- */

enum fm_value_type {
    FM_VALUE_NULL,
    FM_VALUE_INTEGER,
    FM_VALUE_REAL,
    FM_VALUE_TEXT,
    FM_VALUE_BLOB
};

struct fm_value {
    enum fm_value_type type;
    const char *text; /* NULL for FM_VALUE_NULL; reals are the shortest text that reads back
                       * the same; a blob is its hex digits */
    size_t n_bytes;   /* of text, without the NUL */
};

struct fm_query {
    void *context;
    /* Called once, before any row (also when there are none); NULL: not called. */
    enum fm_status (*columns)(void *context, size_t n, const char *const *names,
                              struct fm_error *err);
    enum fm_status (*row)(void *context, size_t n, const struct fm_value *values,
                          struct fm_error *err);
};

/* Runs one statement that only reads.  FM_ERROR_USAGE: it is wrong (SQLite's words, with
 * the line, column and a caret where SQLite tells them), writes, attaches other files, or
 * is more than one. */
FM_MUST_USE enum fm_status fm_store_query(struct fm_store *store, const char *sql,
                                          const struct fm_query *query,
                                          struct fm_error *err);

#endif
