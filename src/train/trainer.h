/* A training under way: its memory, what a checkpoint holds, and the weights to sample. */
#ifndef FM_TRAIN_TRAINER_H
#define FM_TRAIN_TRAINER_H

#include "base/arena.h"
#include "nn/optimizer.h"
#include "train/loss.h"
#include "train/spec.h"

struct fm_trainer;

/* Allocates and initialises a training.  Steps allocate nothing; only a coupling may, in
 * scratch arenas that keep their memory from step to step.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_trainer_init(struct fm_arena *arena,
                                           const struct fm_train_spec *spec,
                                           struct fm_trainer **trainer,
                                           struct fm_error *err);
/* Frees what is outside the arena.  NULL is allowed. */
void fm_trainer_fini(struct fm_trainer *trainer);

/* How far training has come. */
struct fm_train_progress {
    uint64_t n_steps;    /* done */
    double least;        /* the least validation loss; INFINITY: none yet */
    uint64_t least_step; /* its step */
    uint64_t n_since;    /* validations since then */
    /* since the start, or since the caller last set them to zero */
    struct fm_loss_bins bins;
};

/* What a checkpoint holds: the progress, and named flat blocks of fm_net_block_size reals.
 * To restore, write to both and call fm_trainer_restored. */
struct fm_train_progress *fm_trainer_progress(struct fm_trainer *trainer);
struct fm_train_block {
    char name[40]; /* "model", "moment1", "moment2"; "ema_0.999"; "best_0", "best_0.999" */
    fm_real *values;
};
const struct fm_train_block *fm_trainer_blocks(struct fm_trainer *trainer, size_t *n);
void fm_trainer_restored(struct fm_trainer *trainer);

/* Whether all steps are done or options.patience is used up. */
bool fm_trainer_is_over(const struct fm_trainer *trainer);

/* The optimiser state: blocks "model", "moment1" and "moment2". */
struct fm_optimizer_state *fm_trainer_state(struct fm_trainer *trainer);

/* Weights to sample: those of the last step, and those of the step with the least
 * validation loss (the last step if no loss was finite). */
struct fm_weights {
    /* [..][fm_n_averages], in the order of options.ema; best: NULL without validation */
    const fm_real *blocks[FM_N_WEIGHTS][FM_MAX_EMA];
    uint64_t n_steps;
    uint64_t best_step; /* 0: no validation */
};
struct fm_weights fm_trainer_weights(const struct fm_trainer *trainer);
/* How many moving averages there are: at least 1. */
size_t fm_n_averages(const struct fm_train_options *o);

#endif
