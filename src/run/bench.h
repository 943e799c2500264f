/* Where the time of a run goes, measured: `fmrun bench`, and what `make bench` times with.
 * Nothing here touches the user's database: logging is measured on one in a temporary folder. */
#ifndef FM_RUN_BENCH_H
#define FM_RUN_BENCH_H

#include "plan/plan.h"
#include "run/model.h"
#include "sample/integrate.h"
#include "store/record_run.h"
#include "train/train.h"

/* ---- the report ---- */

struct fm_bench_options {
    size_t n_threads; /* at least 1 */
    double seconds;   /* to spend on training, and on all samplings together; positive */
};

/* A phase of a run.  Numbers that do not apply are NaN. */
struct fm_bench_row {
    const char *phase; /* "training", "forward", "rk4, 8 steps", "w2" */
    bool is_part;      /* of the phase above it that is none; then it is in its seconds */
    double seconds; /* of the whole run: what was measured, scaled to what the run does */
    double rows_per_second;
    double flops_per_second; /* of matrix products */
    const char *note;        /* what was measured; "" when nothing needs saying */
};

struct fm_bench_report {
    double peak_flops; /* FMA peak of as many threads (base/peak.h) */
    double seconds;    /* of the whole run: the sum over rows that are no part */
    double memory;     /* bytes: the most that the process has held */
    size_t n_rows;
    struct fm_bench_row *rows;
};

/* Measures the plan's first run: opens its model, trains (at most as many steps as the config
 * says, after a short warm-up), logs as a run does, then solves each sampling and measures each metric.  Rows and
 * their texts live in arena.  The plugins' own errors; FM_ERROR_DIVERGED when training does;
 * FM_ERROR_IO when the temporary database can't be written. */
FM_MUST_USE enum fm_status fm_bench(struct fm_arena *arena, const struct fm_plan *plan,
                                    const struct fm_bench_options *options,
                                    struct fm_bench_report *report, struct fm_error *err);

/* ---- its parts ---- */

/* Training that is timed in pieces.  The caller fills in the first part. */
struct fm_bench_training {
    const struct fm_experiment *experiment;
    const struct fm_model *model;
    uint64_t seed;
    size_t n_threads;
    bool is_profiled; /* reads the clock in every step, several times */

    struct fm_trainer *trainer;
    struct fm_train_profile profile; /* of the timed steps */
    struct fm_train_step_result last;
    size_t n_steps; /* timed */
    double seconds; /* that they took */
    /* What a run would log of the timed steps, the first FM_BENCH_LOSSES of it. */
    size_t n_losses;
    struct fm_loss_row *losses;
};
enum { FM_BENCH_LOSSES = 1 << 15 };

/* A fresh trainer of model->net, in arena. */
FM_MUST_USE enum fm_status fm_bench_training_init(struct fm_bench_training *t,
                                                  struct fm_arena *arena,
                                                  struct fm_error *err);
void fm_bench_training_fini(struct fm_bench_training *t);
/* Forgets what was timed; the trainer goes on where it is. */
void fm_bench_training_reset(struct fm_bench_training *t);
/* Steps until max_steps more are done, or until `seconds` have passed, whichever is first;
 * at least one.  Adds to what was timed.  FM_ERROR_DIVERGED. */
FM_MUST_USE enum fm_status fm_bench_training_run(struct fm_bench_training *t,
                                                 size_t max_steps, double seconds,
                                                 struct fm_error *err);
/* Training rows a second. */
double fm_bench_training_rate(const struct fm_bench_training *t);

/* Writes the losses as the scheduler writes them, into a database of its own that is removed
 * afterwards.  Returns the seconds for each row of loss. */
FM_MUST_USE enum fm_status fm_bench_log(const struct fm_bench_training *t,
                                        double *seconds_per_row, struct fm_error *err);

/* Solves one sampling for the first n rows of the run's x0.  x0, x1: [n][dim]; nfe: [n]. */
struct fm_bench_solve {
    const struct fm_model *model;       /* its velocity has parameters */
    const struct fm_velocity *velocity; /* another one; NULL: the model's */
    const struct fm_solver *solver;
    struct fm_control control;
    size_t n_threads, n;
    uint64_t seed;
    const double *x0;
    double *x1;
    uint64_t *nfe;
};
FM_MUST_USE enum fm_status fm_bench_solve(const struct fm_bench_solve *s,
                                          struct fm_solve_result *result,
                                          struct fm_error *err);
/* The control of a config's sampling. */
/* Rows 0 .. n - 1 of the run's x0. */
void fm_bench_x0(const struct fm_model *model, uint64_t seed, size_t n, double *x0);

/* ---- shared by bench.c and its parts ---- */

struct fm_bench_run {
    struct fm_arena *arena;
    const struct fm_plan_run *run;
    const struct fm_experiment *experiment;
    const struct fm_bench_options *options;
    struct fm_bench_report *report;
    struct fm_model model;
};

/* Adds a row; the note is formatted. */
FM_MUST_USE enum fm_status fm_bench_add(struct fm_bench_run *b,
                                        const struct fm_bench_row *row,
                                        struct fm_error *err, const char *note, ...)
    FM_FORMAT(4, 5);
FM_MUST_USE enum fm_status fm_bench_train(struct fm_bench_run *b, struct fm_error *err);
FM_MUST_USE enum fm_status fm_bench_sample(struct fm_bench_run *b, struct fm_error *err);

#endif
