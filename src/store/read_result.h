/* Reads the views: results, comparison, observed order. */
#ifndef FM_STORE_READ_RESULT_H
#define FM_STORE_READ_RESULT_H

#include "store/run_status.h"
#include "store/store.h"

/* One row of v_result: a sampling of a sweep and one metric. */
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
    /* That of the run, while the run keeps the sampling from starting. */
    enum fm_run_status status;
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

/* One row of v_compare: one setting, over seeds. */
struct fm_compare_row {
    size_t point; /* the first with this setting */
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
    /* ci95: half width of the 95 % interval of the mean; NaN for n = 1. */
    double mean, sd, ci95;
    double min, max;
    double floor, standard_error; /* means over seeds */
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
    size_t n_points; /* step counts in the fit */
    double observed; /* NaN with fewer than two */
    size_t steps_min, steps_max;
};

FM_MUST_USE enum fm_status
fm_store_each_order(struct fm_store *store, int64_t sweep_id,
                    enum fm_status (*row)(void *context, const struct fm_order_row *order,
                                          struct fm_error *err),
                    void *context, struct fm_error *err);

#endif
