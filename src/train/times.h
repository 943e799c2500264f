/* The times t that a training step draws. */
#ifndef FM_TRAIN_TIMES_H
#define FM_TRAIN_TIMES_H

#include "config/host_options.h"
#include <fmrun/rng.h>

/* Draws the times of rows first .. first + n - 1 of a batch.  t: [n], in [0, 1).  Each
 * depends on the stream and its row alone.
 * Sources: logit_normal: Esser et al. 2024, arXiv:2403.03206, eq. 19, whose time runs
 * backwards, so that their mean has the other sign; u_shaped: Lee et al. 2024,
 * arXiv:2405.20320, sec. 4, as in their code: exp(a t) + exp(a (1 - t)). */
void fm_train_times(const struct fm_train_options *o, struct fm_stream stream, size_t first,
                    size_t n, double *t);

#endif
