/* What follows from the options alone: learning rate, decay of averages, update, shards. */
#ifndef FM_TRAIN_SCHEDULE_H
#define FM_TRAIN_SCHEDULE_H

#include "config/host_options.h"
#include "nn/optimizer.h"

/* The learning rate of step n = 1, 2, ... */
double fm_learning_rate(const struct fm_train_options *o, uint64_t n);
/* The number of shards of a batch: options.shards, or one for each 32 rows up to 4 and
 * then one for each 256 rows up to 64.  More shards occupy more threads, but their
 * gradients must be added, which costs a share of n_shards / batch of the step: some
 * percent at 256 rows a shard where the gradients exceed the cache. */
size_t fm_n_shards(const struct fm_train_options *o);

/* The decay of a moving average at step n = 1, 2, ...: min(decay, (1 + n) / (10 + n)),
 * which forgets the first weights sooner. */
double fm_average_decay(double decay, uint64_t n);

/* The constants of the optimiser's step n = 1, 2, ..., for a gradient of this norm, which
 * options.clip scales. */
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
/* Applies the step to entries first .. first + count - 1. */
void fm_update_apply(const struct fm_update *u, struct fm_optimizer_state *state,
                     const fm_real *gradient, size_t first, size_t count);

#endif
