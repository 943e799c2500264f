/* What the network is shown and what it should give. */
#ifndef FM_TRAIN_TARGETS_H
#define FM_TRAIN_TARGETS_H

#include "host/prediction.h"
#include "train/spec.h"
#include <fmrun/rng.h>

/* A block of rows: from pairs and times to what the network is shown, what it should give, and
 * how much a squared error of it weighs. */
struct fm_targets {
    const double *x0, *x1; /* [n][dim] */
    const double *t;       /* [n] */
    fm_real *x;            /* [n][dim]: x_t */
    double *y;             /* [n][dim]: u_t, x1 or x0 */
    double *weight;        /* [n], or NULL: all 1 */
    /* scratch: [dim], and of n rows */
    double *xt, *network_t;
    struct fm_path_point *points;
    struct fm_prediction_factors *factors;
};
/* first: number of the first row in `noise`, of a path that draws some. */
void fm_targets_make(const struct fm_train_spec *spec, const struct fm_prediction *p,
                     struct fm_stream noise, size_t first, size_t n,
                     const struct fm_targets *b);

#endif
