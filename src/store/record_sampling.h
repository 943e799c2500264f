/* Writes samplings, metrics and artefacts. */
#ifndef FM_STORE_RECORD_SAMPLING_H
#define FM_STORE_RECORD_SAMPLING_H

#include "store/record_run.h"

/* ---- samplings ----------------------------------------------------------------------- */

struct fm_sampling_record {
    int64_t run_id;
    const char *key;    /* unique in the run: sha256 of what decides the samples' bits */
    const char *solver; /* plugin name */
    const char *label;  /* name in tables; NULL: the solver's name */
    const char *method; /* options that no other field has; "" for none */
    unsigned order;     /* declared; 0: unknown */
    size_t steps;       /* 0: adaptive */
    double rtol, atol;  /* of adaptive solvers; NaN: not used */
    double t_end;       /* end time of the solve; 0: 1 */
    double guidance;    /* weight of the label in the velocity */
    const char *grid;   /* "uniform", ...; "" or NULL for adaptive */
    size_t n_samples;
    /* Names x0: samplings of one run with equal noise and n_samples start from the same points, row
     * for row. */
    const char *noise;
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

/* How a sampling ended.  Only samplings that are FM_RUN_DONE enter the means of v_compare. */
struct fm_sampling_result {
    enum fm_run_status status;
    const char *reason;
    double seconds;            /* NaN: not measured */
    double nfe_mean;           /* network function evaluations per sample */
    uint64_t nfe_min, nfe_max; /* of one sample */
    uint64_t nfe_total;
    size_t n_failed_rows; /* rows that are not finite or didn't reach t_end */
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
/* Records that the sweep asks for the metric.  Views show a sweep's samplings with exactly these
 * metrics, so that missing and failed values are counted. */
FM_MUST_USE enum fm_status fm_store_add_sweep_metric(struct fm_store *store,
                                                     int64_t sweep_id,
                                                     int64_t metric_def_id,
                                                     struct fm_error *err);

struct fm_metric_record {
    int64_t sampling_id, metric_def_id;
    double value;          /* not finite: no value */
    const char *note;      /* why there is no value; NULL: "not finite" */
    double standard_error; /* NaN: unknown */
    double floor;          /* what a perfect sampler would score; NaN: unknown */
    size_t n_used;         /* rows that entered */
    double seconds;        /* NaN: not measured */
    double nfe, njvp; /* evaluations and derivatives a row that measuring took; 0: none */
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

/* Adds the artefact, or replaces that of the same path, which keeps its id. */
FM_MUST_USE enum fm_status fm_store_add_artifact(struct fm_store *store,
                                                 const struct fm_artifact_record *record,
                                                 int64_t *artifact_id,
                                                 struct fm_error *err);

#endif
