/* A training as it stands: set up, taken from a checkpoint, and handed out. */
#ifndef FM_TRAIN_TRAINER_H
#define FM_TRAIN_TRAINER_H

#include "base/arena.h"
#include "nn/optimizer.h"
#include "train/loss.h"
#include "train/spec.h"

struct fm_trainer;

/* Everything is sized and initialised here; steps allocate nothing (a coupling
 * may, in scratch arenas that keep their memory from step to step).  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_trainer_init(struct fm_arena *arena,
                                           const struct fm_train_spec *spec,
                                           struct fm_trainer **trainer,
                                           struct fm_error *err);
/* Frees what is not in the arena.  NULL is allowed. */
void fm_trainer_fini(struct fm_trainer *trainer);

/* How far training has come, beside its blocks. */
struct fm_train_progress {
    uint64_t n_steps;    /* done */
    double least;        /* validation loss; INFINITY: there was none yet */
    uint64_t least_step; /* where it was */
    uint64_t n_since;    /* validations since then */
    struct fm_loss_bins
        bins; /* since the start, or since the caller last set them to zero */
};

/* What a checkpoint holds: the progress, and flat blocks of fm_net_block_size reals, each with
 * its name.  Writing to both restores it; call fm_trainer_restored afterwards. */
struct fm_train_progress *fm_trainer_progress(struct fm_trainer *trainer);
struct fm_train_block {
    char name[40]; /* "model", "moment1", "moment2"; "ema_0.999"; "best_0", "best_0.999" */
    fm_real *values;
};
const struct fm_train_block *fm_trainer_blocks(struct fm_trainer *trainer, size_t *n);
void fm_trainer_restored(struct fm_trainer *trainer);

/* Whether all steps are done, or patience has ended. */
bool fm_trainer_is_over(const struct fm_trainer *trainer);

/* The parameters and moments, in the blocks of these names. */
struct fm_optimizer_state *fm_trainer_state(struct fm_trainer *trainer);

/* Weights that can be sampled, in the order of options.ema: of the last step, and of the one
 * with the least validation loss, which is the last where no loss was finite. */
struct fm_weights {
    const fm_real *blocks[FM_N_WEIGHTS][FM_MAX_EMA]; /* [..][fm_n_averages]; best without
                                                      * validation: NULL */
    uint64_t n_steps;                                /* of the training */
    uint64_t best_step;                              /* 0: there was no validation */
};
struct fm_weights fm_trainer_weights(const struct fm_trainer *trainer);
/* How many moving averages: 1 or more. */
size_t fm_n_averages(const struct fm_train_options *o);

#endif
