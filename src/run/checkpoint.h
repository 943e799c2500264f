/* A trainer's state, and final weights, as safetensors files. */
#ifndef FM_RUN_CHECKPOINT_H
#define FM_RUN_CHECKPOINT_H

#include "nn/net.h"
#include "train/train.h"

/* Tensors: BLOCK.NAME, of fm_trainer_blocks, NAME as in struct fm_parameter, shapes as
 * PyTorch's nn.Linear.  Notes: format, key, isa, progress, train_seconds.  Writes path itself. */
FM_MUST_USE enum fm_status fm_checkpoint_write(const char *path, const char *key,
                                               const struct fm_net *net,
                                               struct fm_trainer *trainer,
                                               double train_seconds, struct fm_error *err);

/* Restores a trainer from such a file of the run `key`.  FM_ERROR_IO: damaged, of another
 * run, of other kernels (the bits would match neither), or of another shape; the trainer is then as before. */
FM_MUST_USE enum fm_status fm_checkpoint_read(const char *path, const char *key,
                                              const struct fm_net *net,
                                              struct fm_trainer *trainer,
                                              double *train_seconds, struct fm_error *err);

/* Tensors: NAME of the first, ema_DECAY.NAME of the others.  Notes: format, key, trained_steps,
 * step.  Reading takes memory for the blocks from arena; errors as of checkpoints. */
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
