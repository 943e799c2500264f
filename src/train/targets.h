/* Inputs and targets of the regression. */
#ifndef FM_TRAIN_TARGETS_H
#define FM_TRAIN_TARGETS_H

#include "host/prediction.h"
#include "train/spec.h"
#include <fmrun/rng.h>

/* A block of rows: its pairs and times, and from them the network's input x_t, its
 * target y, and the weight of a squared error. */
struct fm_targets {
    const double *x0, *x1; /* [n][dim] */
    const double *t;       /* [n] */
    fm_real *x;            /* [n][dim]: x_t */
    double *y;             /* [n][dim]: u_t, x1 or x0 */
    double *weight;        /* [n], or NULL: all 1 */
    /* scratch: xt: [dim], the others [n] */
    double *xt, *network_t;
    struct fm_path_point *points;
    struct fm_prediction_factors *factors;
};
/* Fills x, y and weight.  first: the first row's number in the stream `noise`, for paths
 * that draw noise. */
void fm_targets_make(const struct fm_train_spec *spec, const struct fm_prediction *p,
                     struct fm_stream noise, size_t first, size_t n,
                     const struct fm_targets *b);

#endif
