/* Times training, logging, checkpoints and weights for `fmrun bench`; fm_bench_training
 * also serves `make bench`. */
#ifndef FM_RUN_BENCH_TRAIN_H
#define FM_RUN_BENCH_TRAIN_H

#include "run/bench_result.h"
#include "store/record_run.h"
#include "train/train.h"

/* Training that is timed in pieces.  The caller sets the first five fields. */
struct fm_bench_training {
    const struct fm_experiment *experiment;
    const struct fm_model *model;
    uint64_t seed;
    size_t n_threads;
    bool is_profiled; /* reads the clock several times in every step */

    struct fm_trainer *trainer;
    struct fm_train_profile profile; /* of the timed steps */
    struct fm_train_step_result last;
    size_t n_steps; /* timed */
    double seconds; /* of the timed steps */
    /* the first FM_BENCH_LOSSES that a run would log of the timed steps */
    size_t n_losses;
    struct fm_loss_row *losses;
};
enum { FM_BENCH_LOSSES = 1 << 15 };

/* Makes a new trainer for model->net, in arena. */
FM_MUST_USE enum fm_status fm_bench_training_init(struct fm_bench_training *t,
                                                  struct fm_arena *arena,
                                                  struct fm_error *err);
void fm_bench_training_fini(struct fm_bench_training *t);
/* Resets what was timed; the trainer continues from its step. */
void fm_bench_training_reset(struct fm_bench_training *t);
/* Trains for max_steps steps or `seconds`, whichever ends first, but at least one step.
 * Adds to what was timed.  FM_ERROR_DIVERGED. */
FM_MUST_USE enum fm_status fm_bench_training_run(struct fm_bench_training *t,
                                                 size_t max_steps, double seconds,
                                                 struct fm_error *err);
/* Training rows per second. */
double fm_bench_training_rate(const struct fm_bench_training *t);

/* Writes the losses, as the scheduler does, to a temporary database.  *seconds_per_row: for
 * each row of loss. */
FM_MUST_USE enum fm_status fm_bench_log(const struct fm_bench_training *t,
                                        double *seconds_per_row, struct fm_error *err);

/* Times the training of the run, and adds its rows.  Sets the model's weights. */
FM_MUST_USE enum fm_status fm_bench_train(struct fm_bench_run *b, struct fm_error *err);

#endif
