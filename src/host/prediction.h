/* What a network is trained to give on an affine path x_t = alpha x1 + sigma x0, and the velocity
 * that follows from it: with a' and s' the derivatives of alpha = a and sigma = s,
 *     x1:    v = (s' / s) x + ((a' s - s' a) / s) y
 *     noise: v = (a' / a) x + ((s' a - a' s) / a) y,  y = x0
 * Source: Lipman et al. 2024, arXiv:2412.06264, sec. 4.8, table 1.
 *
 * At one end of the path the denominator is 0 and y says nothing of v.  So a network that gives
 * y is asked only at times with a denominator of at least `limit` of the largest.  Beyond the
 * last such time e, x1 and x0 are taken for what they are at e and the same x; these move on
 * with a' and s', or with those at e where these are smaller (they may have no bound at the
 * end).  The samples' error by it is of the order of limit. */
#ifndef FM_HOST_PREDICTION_H
#define FM_HOST_PREDICTION_H

#include <fmrun/path.h>

enum fm_prediction_kind { FM_PREDICTION_VELOCITY, FM_PREDICTION_X1, FM_PREDICTION_NOISE };

struct fm_prediction {
    enum fm_prediction_kind kind;
    const struct fm_path_ops *path;
    const void *options;
    double first, last; /* times it is asked at */
};

/* v = of_x x + of_y y */
struct fm_prediction_factors {
    double of_x, of_y;
};

/* The path is affine unless kind is the velocity; alpha rises and sigma falls. */
void fm_prediction_init(struct fm_prediction *p, enum fm_prediction_kind kind,
                        const struct fm_path_ops *path, const void *options, double limit);
/* t: [n] -> asked: [n], the times that the network is asked at, and the factors at t.
 * points: [n], scratch. */
void fm_prediction_factors(const struct fm_prediction *p, size_t n, const double *t,
                           double *asked, struct fm_path_point *points,
                           struct fm_prediction_factors *factors);

#endif
