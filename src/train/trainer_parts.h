/* The trainer from inside: what it holds, for trainer.c, which sets it up and hands it out,
 * and train.c, which steps. */
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
    double *xt;                     /* [dim]: of a path that is not affine */
    fm_real *x;                     /* [block_rows][dim]: x_t */
    uint32_t *label;                /* [block_rows]; NULL: the network asks for none */
    struct fm_path_point *points;
    struct fm_prediction_factors *factors;
    bool *has_taken; /* [n_shards]: in this step */
    struct fm_train_profile profile;
};

struct fm_trainer {
    struct fm_train_spec spec;
    size_t dim, n_shards, n_pieces, block_rows;
    size_t n_working; /* threads: no more than there are shards */
    struct fm_train_progress progress;
    struct fm_optimizer_state state;
    size_t n_averages;
    double decays[FM_MAX_EMA];
    fm_real *averages[FM_MAX_EMA]; /* parameters themselves where the decay is 0 */
    fm_real *best[FM_MAX_EMA];     /* these at the least validation loss, or NULL */
    size_t n_blocks;
    struct fm_train_block blocks[3 + 2 * FM_MAX_EMA];
    fm_real *transposed, *gradient;
    fm_real **shard_gradients; /* [n_shards][block] */
    fm_real **summands; /* [n_shards]: these, or NULL for what its pair holds already */
    double *shard_losses, *piece_norms;
    struct fm_loss_bins *shard_bins; /* [n_shards]: of the step */
    struct fm_prediction prediction;
    bool is_weighted;
    struct fm_loss loss;
    struct fm_validation validation;
    struct fm_net_workspace **nets; /* [n_working]: those of workspaces */
    struct fm_train_workspace *workspaces;
    struct fm_pairing *pairing; /* NULL: the coupling takes rows as they come */
    /* of the step under way */
    struct fm_pairs pairs;
    _Atomic uint64_t
        *shard_steps; /* [n_shards]: the step that a thread has last taken it for */
};

#endif
