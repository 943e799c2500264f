/* Writes provenance and plans: processes, plugins, sweeps, points, events. */
#ifndef FM_STORE_RECORD_SWEEP_H
#define FM_STORE_RECORD_SWEEP_H

#include "store/store.h"

/* ---- provenance ---------------------------------------------------------------------- */

/* One fmrun process.  The store fills in pid and start time, and host, fmrun_version, compiler,
 * build_flags and cpu_model where they are NULL, n_processors where it is 0. */
struct fm_process_record {
    const char *host;
    const char *fmrun_version;
    const char *git_commit; /* of fmrun itself; NULL: unknown */
    const char *compiler, *build_flags;
    const char *cpu_model;
    size_t n_processors; /* this process may run on so many */
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

/* Adds or finds by (kind, name, version, sha256), and updates the path. */
FM_MUST_USE enum fm_status fm_store_add_plugin(struct fm_store *store,
                                               const struct fm_plugin_record *record,
                                               int64_t *plugin_id, struct fm_error *err);
/* Records that the run, or one of its samplings or metrics, used the plugin. */
FM_MUST_USE enum fm_status fm_store_add_run_plugin(struct fm_store *store, int64_t run_id,
                                                   int64_t plugin_id, struct fm_error *err);

/* ---- sweeps -------------------------------------------------------------------------- */

/* An experiment with its plan, as it was started. */
struct fm_sweep_record {
    const char *key;  /* unique: sha256 of what decides its runs, samplings and metrics */
    const char *name; /* several sweeps may share one: an edited config is a new sweep */
    const char *question;
    const char *config_file; /* where the user's text came from */
    const char *plan;        /* the config as the user wrote it, byte for byte */
    const char *resolved;    /* the config with every default written out */
};

/* Adds or finds by key, and makes it the latest sweep of its name. */
FM_MUST_USE enum fm_status fm_store_add_sweep(struct fm_store *store,
                                              const struct fm_sweep_record *record,
                                              int64_t *sweep_id, struct fm_error *err);

/* A run, and a sampling of it, that a point of the sweep asks for.  Views show the samplings that
 * have such a row, and no others. */
struct fm_point_record {
    int64_t sweep_id;
    size_t index;        /* of the sweep point, from 0; the seeds of a point share it */
    const char *setting; /* what the sweep varies here, "path.plugin=linear lr=0.001"; never
                          * the seed or the solver; "" when nothing */
    int64_t run_id;
    int64_t sampling_id; /* 0: the run itself (a sweep without solvers needs such a row) */
    bool is_reused;      /* it was done before this sweep asked for it */
};

/* Adds the point.  A second call with the same point changes nothing, also not is_reused. */
FM_MUST_USE enum fm_status fm_store_add_point(struct fm_store *store,
                                              const struct fm_point_record *record,
                                              struct fm_error *err);

/* ---- events -------------------------------------------------------------------------- */

enum fm_event_level { FM_EVENT_INFO, FM_EVENT_WARNING, FM_EVENT_ERROR };

/* run_id 0: the event belongs to no run. */
FM_MUST_USE enum fm_status fm_store_add_event(struct fm_store *store, int64_t run_id,
                                              enum fm_event_level level, const char *text,
                                              struct fm_error *err);

#endif
