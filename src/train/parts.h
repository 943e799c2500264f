/* What the sources of the training loop share. */
#ifndef FM_TRAIN_PARTS_H
#define FM_TRAIN_PARTS_H

#include "train/train.h"

/* Times of rows first .. first + n - 1 of a step's batch: t: [n], in [0, 1).  Each a function
 * of the stream and its row alone.
 * Sources: logit_normal: Esser et al. 2024, arXiv:2403.03206, eq. 19, whose time runs the
 * other way, so that their mean is ours with the other sign; u_shaped: Lee et al. 2024,
 * arXiv:2405.20320, sec. 4, as their code draws it, exp(a t) + exp(a (1 - t)). */
void fm_train_times(const struct fm_train_options *o, struct fm_stream stream, size_t first,
                    size_t n, double *t);

/* One step of the optimiser of the options, with the average where one is kept: the numbers of
 * step n = 1, 2, ..., for a gradient of this norm, which is clipped. */
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
