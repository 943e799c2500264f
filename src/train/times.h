/* The times of a batch. */
#ifndef FM_TRAIN_TIMES_H
#define FM_TRAIN_TIMES_H

#include "config/host_options.h"
#include <fmrun/rng.h>

/* Times of rows first .. first + n - 1 of a step's batch: t: [n], in [0, 1).  Each a function
 * of the stream and its row alone.
 * Sources: logit_normal: Esser et al. 2024, arXiv:2403.03206, eq. 19, whose time runs the
 * other way, so that their mean is ours with the other sign; u_shaped: Lee et al. 2024,
 * arXiv:2405.20320, sec. 4, as their code draws it, exp(a t) + exp(a (1 - t)). */
void fm_train_times(const struct fm_train_options *o, struct fm_stream stream, size_t first,
                    size_t n, double *t);

#endif
