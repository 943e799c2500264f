/* What a network predicts on an affine path x_t = alpha x1 + sigma x0 (velocity, x1 or noise), and the
 * velocity that follows.  With a = alpha, s = sigma, their derivatives a' and s', and y the prediction:
 *     x1:    v = (s' / s) x + ((a' s - s' a) / s) y
 *     noise: v = (a' / a) x + ((s' a - a' s) / a) y,  y = x0
 * Source: Lipman et al. 2024, arXiv:2412.06264, sec. 4.8, table 1.
 *
 * At one end of the path the denominator is 0 and y does not determine v.  So the network is evaluated
 * only at times whose denominator is at least `limit` of the largest.  Beyond the last such time e,
 * x1 and x0 are those at e and the same x; they move on with a' and s', or with a' and s' at e where
 * those are smaller, since derivatives may be unbounded at the end.  This changes samples by an error
 * of the order of limit. */
#ifndef FM_HOST_PREDICTION_H
#define FM_HOST_PREDICTION_H

#include <fmrun/path.h>

enum fm_prediction_kind { FM_PREDICTION_VELOCITY, FM_PREDICTION_X1, FM_PREDICTION_NOISE };

struct fm_prediction {
    enum fm_prediction_kind kind;
    const struct fm_path_ops *path;
    const void *options;
    double first, last; /* it is evaluated at times in [first, last] */
};

/* v = of_x x + of_y y */
struct fm_prediction_factors {
    double of_x, of_y;
};

/* The path is affine unless kind is the velocity; alpha rises and sigma falls. */
void fm_prediction_init(struct fm_prediction *p, enum fm_prediction_kind kind,
                        const struct fm_path_ops *path, const void *options, double limit);
/* t: [n] -> asked: [n], the times at which the network is evaluated, and the factors at t.
 * points: [n], scratch. */
void fm_prediction_factors(const struct fm_prediction *p, size_t n, const double *t,
                           double *asked, struct fm_path_point *points,
                           struct fm_prediction_factors *factors);

#endif
