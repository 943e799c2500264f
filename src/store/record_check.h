/* Writes and reads results of `fmrun plugins check`, by the plugin's file. */
#ifndef FM_STORE_RECORD_CHECK_H
#define FM_STORE_RECORD_CHECK_H

#include "store/store.h"

struct fm_plugin_check_record {
    const char *property, *problem;
    double declared, measured; /* not finite: none */
    const char *result;        /* "pass", "fail", "skip", "info" */
    const char *note;
};

/* The plugin file that was checked. */
struct fm_checked_plugin {
    const char *kind, *name;
    unsigned version;
    const char *sha256;
    const char *options; /* "" for the defaults */
};

/* Replaces the results of the file with these options by n records. */
FM_MUST_USE enum fm_status
fm_store_set_plugin_check(struct fm_store *store, const struct fm_checked_plugin *plugin,
                          size_t n, const struct fm_plugin_check_record *records,
                          struct fm_error *err);

/* Results of a solver that a sweep used: of the plugin file that its runs used last. */
struct fm_solver_check_row {
    const char *solver;
    bool is_checked; /* the file was checked, with any options */
    /* The least measured order, for stochastic solvers the weak order; NaN: none. */
    double order;
    const char *failed; /* properties that failed, "order, noise"; "" for none */
};

/* The sweep's solvers in the plan's order. */
FM_MUST_USE enum fm_status fm_store_each_solver_check(
    struct fm_store *store, int64_t sweep_id,
    enum fm_status (*row)(void *context, const struct fm_solver_check_row *check,
                          struct fm_error *err),
    void *context, struct fm_error *err);

#endif
