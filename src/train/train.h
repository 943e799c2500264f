/* The training loop: regression of the conditional velocity,
 *     min_theta E |v_theta(x_t, t) - u_t|^2,  (x0, x1) from the coupling, t in [0, 1],
 * with the mean over batch and coordinates as loss; or of x1 or x0 (host/prediction.h), or with
 * other losses and times (train/parts.h).
 * Source: Lipman et al. 2023, arXiv:2210.02747, eq. 9; Tong et al. 2024, arXiv:2302.00482.
 *
 * A batch is cut into a number of shards that follows from the batch alone.  A thread takes
 * a shard, and for each block of rows draws the data and goes forward and backward while the
 * values are in cache, adding to the shard's gradient; shards are then summed in fixed order,
 * and the optimiser updates the parameters: three barriers a step.  So the weights are the
 * same bits for any number of threads. */
#ifndef FM_TRAIN_TRAIN_H
#define FM_TRAIN_TRAIN_H

#include "base/arena.h"
#include "config/host_options.h"
#include "host/data.h"
#include "nn/net.h"
#include "nn/optimizer.h"
#include <fmrun/plugin.h>

/* Where the time of training steps goes: seconds, summed over threads. */
struct fm_train_profile {
    double data;      /* rows of source and data, t, x_t, u_t */
    double coupling;  /* pairing whole batches, and drawing them for it */
    double forward;   /* of the network, with the loss */
    double backward;  /* gradients */
    double optimiser; /* sum over shards, norm, update */
    double waiting;   /* for the other threads */
};

struct fm_train_spec {
    const struct fm_train_options *options;
    uint64_t seed;
    const struct fm_net *net;
    const struct fm_data *source, *data;
    /* rows for its loss; NULL: these again */
    const struct fm_data *validation_source, *validation;
    bool is_paired; /* rows of source and data of the same place belong together */
    const struct fm_path_ops *path;
    const void *path_options;
    const struct fm_coupling_ops *coupling;
    const void *coupling_options;
    size_t n_threads;
    struct fm_train_profile *profile; /* added to by every step; NULL: not measured */
};

struct fm_trainer;

/* Everything is sized and initialised here; steps allocate nothing (a coupling
 * may, in scratch arenas that keep their memory from step to step).  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_trainer_init(struct fm_arena *arena,
                                           const struct fm_train_spec *spec,
                                           struct fm_trainer **trainer,
                                           struct fm_error *err);
/* Frees what is not in the arena.  NULL is allowed. */
void fm_trainer_fini(struct fm_trainer *trainer);

/* Losses by time: bin k holds rows with t in [k / 10, (k + 1) / 10); a row's loss is its share
 * of the batch's, times batch. */
enum { FM_LOSS_BINS = 10 };
struct fm_loss_bins {
    double sum[FM_LOSS_BINS];
    uint64_t n_rows[FM_LOSS_BINS];
};

struct fm_step_report {
    uint64_t step;    /* from 1 */
    double loss;      /* before the update */
    double grad_norm; /* before clipping */
    double lr;
    /* of the problem that the step's pairs are from, which may be that of several steps; zeros
     * with a coupling that takes rows as they come */
    struct fm_coupling_report coupling;
    double coupling_seconds; /* that it took one thread, with drawing its rows */
    double validation; /* loss on the rows kept for it, of the weights after the update that
                        * would be sampled; NAN at steps without it */
};

/* One step.  FM_ERROR_DIVERGED when loss or gradient stop being finite (the parameters are
 * then those before the step), or the coupling's error. */
FM_MUST_USE enum fm_status fm_trainer_step(struct fm_trainer *trainer,
                                           struct fm_step_report *report,
                                           struct fm_error *err);

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

/* The learning rate of step n = 1, 2, ... */
double fm_learning_rate(const struct fm_train_options *o, uint64_t n);
/* The number of shards of a batch: one for each 32 rows up to 4, then one for each 256 rows up
 * to 64; or as the options say.  More shards serve more threads, but each has a gradient of its
 * own, and adding them up costs a share of S / batch of the step: at 256 rows a shard some
 * percent where the gradients do not fit the cache. */
size_t fm_n_shards(const struct fm_train_options *o);

#endif
