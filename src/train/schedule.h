/* What the options say about a step by themselves: its learning rate and update, and how many
 * shards a batch has. */
#ifndef FM_TRAIN_SCHEDULE_H
#define FM_TRAIN_SCHEDULE_H

#include "config/host_options.h"
#include "nn/optimizer.h"

/* The learning rate of step n = 1, 2, ... */
double fm_learning_rate(const struct fm_train_options *o, uint64_t n);
/* The number of shards of a batch: one for each 32 rows up to 4, then one for each 256 rows up
 * to 64; or as the options say.  More shards serve more threads, but each has a gradient of its
 * own, and adding them up costs a share of S / batch of the step: at 256 rows a shard some
 * percent where the gradients do not fit the cache. */
size_t fm_n_shards(const struct fm_train_options *o);

/* The decay of a moving average at step n = 1, 2, ...: it forgets the first weights sooner. */
double fm_average_decay(double decay, uint64_t n);

/* One step of the optimiser of the options: the numbers of step n = 1, 2, ..., for a gradient
 * of this norm, which is clipped. */
struct fm_update {
    int optimizer; /* enum fm_optimizer */
    union {
        struct fm_adamw_step adamw;
        struct fm_lion_step lion;
        struct fm_sgd_step sgd;
    } u;
};
struct fm_update fm_update_prepare(const struct fm_train_options *o, uint64_t n,
                                   double norm);
/* The step itself, on entries first .. first + count - 1. */
void fm_update_apply(const struct fm_update *u, struct fm_optimizer_state *state,
                     const fm_real *gradient, size_t first, size_t count);

#endif
