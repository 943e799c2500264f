/* The result of `fmrun bench`: the rows of its table, which its parts add. */
#ifndef FM_RUN_BENCH_RESULT_H
#define FM_RUN_BENCH_RESULT_H

#include "plan/plan.h"
#include "run/model.h"

struct fm_bench_options {
    size_t n_threads; /* at least 1 */
    double seconds;   /* to spend on training, and on all samplings together; positive */
};

/* A phase of a run.  Numbers that do not apply are NaN. */
struct fm_bench_row {
    const char *phase; /* "training", "forward", "rk4, 8 steps", "w2" */
    /* part of the last phase above that is no part; its seconds are included there */
    bool is_part;
    double seconds; /* measured, then scaled to the whole run */
    double rows_per_second;
    double flops_per_second; /* of matrix products */
    const char *note;        /* what was measured, or "" */
};

struct fm_bench_result {
    double peak_flops; /* FMA peak with as many threads (base/peak.h) */
    double seconds;    /* of the whole run: sum over rows that are no part */
    double memory;     /* peak of the process's memory, in bytes */
    size_t n_rows;
    struct fm_bench_row *rows;
};

/* A run that is measured. */
struct fm_bench_run {
    struct fm_arena *arena;
    const struct fm_plan_run *run;
    const struct fm_experiment *experiment;
    const struct fm_bench_options *options;
    struct fm_bench_result *result;
    struct fm_model model;
};

/* How many rows a result needs room for. */
size_t fm_bench_max_rows(const struct fm_experiment *experiment);
/* Adds a row; the note is formatted. */
FM_MUST_USE enum fm_status fm_bench_add(struct fm_bench_run *b,
                                        const struct fm_bench_row *row,
                                        struct fm_error *err, const char *note, ...)
    FM_FORMAT(4, 5);

#endif
