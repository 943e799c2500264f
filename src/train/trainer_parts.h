/* The members of struct fm_trainer, for trainer.c, which sets it up, and train.c, which
 * steps. */
#ifndef FM_TRAIN_TRAINER_PARTS_H
#define FM_TRAIN_TRAINER_PARTS_H

#include "train/loss.h"
#include "train/pairing.h"
#include "train/trainer.h"
#include "train/validation.h"

#include <stdatomic.h>

/* Private memory of one thread. */
struct fm_train_workspace {
    struct fm_net_workspace *net;
    double *x0, *x1, *y;            /* [block_rows][dim] */
    double *t, *weight, *network_t; /* [block_rows] */
    double *xt;                     /* [dim]: for paths that are not affine */
    fm_real *x;                     /* [block_rows][dim]: x_t */
    uint32_t *label;                /* [block_rows]; NULL: no labels */
    struct fm_path_point *points;
    struct fm_prediction_factors *factors;
    bool *has_taken; /* [n_shards]: in this step */
    struct fm_train_profile profile;
};

struct fm_trainer {
    struct fm_train_spec spec;
    size_t dim, n_shards, n_pieces, block_rows;
    size_t n_working; /* threads with work: at most n_shards */
    struct fm_train_progress progress;
    struct fm_optimizer_state state;
    size_t n_averages;
    double decays[FM_MAX_EMA];
    fm_real *averages[FM_MAX_EMA]; /* the parameters themselves where decay is 0 */
    fm_real *best[FM_MAX_EMA];     /* averages at the least validation loss, or NULL */
    size_t n_blocks;
    struct fm_train_block blocks[3 + 2 * FM_MAX_EMA];
    fm_real *transposed, *gradient;
    fm_real **shard_gradients; /* [n_shards][block] */
    /* [n_shards]: shard_gradients, or NULL for one that is added to its pair already */
    fm_real **summands;
    double *shard_losses, *piece_norms;
    struct fm_loss_bins *shard_bins; /* [n_shards]: of the step */
    struct fm_prediction prediction;
    bool is_weighted;
    struct fm_loss loss;
    struct fm_validation validation;
    struct fm_net_workspace **nets; /* [n_working]: net of each workspace */
    struct fm_train_workspace *workspaces;
    struct fm_pairing *pairing; /* NULL: the coupling pairs rows in order */
    /* the current step: its pairs, and [n_shards] the last step for which a thread took
     * a shard */
    struct fm_pairs pairs;
    _Atomic uint64_t *shard_steps;
};

#endif
