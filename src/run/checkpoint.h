/* A trainer's state, and final weights, as safetensors files. */
#ifndef FM_RUN_CHECKPOINT_H
#define FM_RUN_CHECKPOINT_H

#include "nn/net.h"
#include "train/train.h"

/* Writes path itself, without renaming.  Tensors: BLOCK.NAME, where BLOCK is one of
 * fm_trainer_blocks and NAME as in struct fm_parameter; shapes as PyTorch's nn.Linear.
 * Notes: format, key, isa, progress, train_seconds. */
FM_MUST_USE enum fm_status fm_checkpoint_write(const char *path, const char *key,
                                               const struct fm_net *net,
                                               struct fm_trainer *trainer,
                                               double train_seconds, struct fm_error *err);

/* Restores a trainer from a checkpoint of the run `key`.  FM_ERROR_IO when the file is
 * damaged, or comes from another run, another shape, or other kernels (the bits would
 * differ from a run with either); then the trainer is unchanged. */
FM_MUST_USE enum fm_status fm_checkpoint_read(const char *path, const char *key,
                                              const struct fm_net *net,
                                              struct fm_trainer *trainer,
                                              double *train_seconds, struct fm_error *err);

/* Tensors: NAME for the weights themselves, ema_DECAY.NAME for averages, both with best
 * before them for the best weights.  Notes: format, key, trained_steps, best_step.  Reading
 * takes memory for the blocks from arena; its errors are those of fm_checkpoint_read. */
FM_MUST_USE enum fm_status fm_weights_write(const char *path, const char *key,
                                            const struct fm_net *net,
                                            const struct fm_train_options *o,
                                            const struct fm_weights *weights,
                                            struct fm_error *err);
FM_MUST_USE enum fm_status fm_weights_read(struct fm_arena *arena, const char *path,
                                           const char *key, const struct fm_net *net,
                                           const struct fm_train_options *o,
                                           struct fm_weights *weights,
                                           struct fm_error *err);

#endif
