/* Writes samplings, metrics and artefacts. */
#ifndef FM_STORE_RECORD_SAMPLING_H
#define FM_STORE_RECORD_SAMPLING_H

#include "store/record_run.h"

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

/* ---- artefacts ----------------------------------------------------------------------- */

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

#endif
