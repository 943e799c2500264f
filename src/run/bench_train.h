/* Training, logging, and files that stand for work done, timed: for `fmrun bench` and, by
 * fm_bench_training, for `make bench`. */
#ifndef FM_RUN_BENCH_TRAIN_H
#define FM_RUN_BENCH_TRAIN_H

#include "run/bench_result.h"
#include "store/record_run.h"
#include "train/train.h"

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

/* Times the training of the run, and adds its rows.  Sets the model's weights. */
FM_MUST_USE enum fm_status fm_bench_train(struct fm_bench_run *b, struct fm_error *err);

#endif
