#include <config.h>

#include "host/prediction.h"

static double denominator(const struct fm_prediction *p, double t)
{
    struct fm_path_point point;
    p->path->coefficients(p->options, 1, &t, &point);
    return p->kind == FM_PREDICTION_X1 ? point.sigma : point.alpha;
}

void fm_prediction_init(struct fm_prediction *p, enum fm_prediction_kind kind,
                        const struct fm_path_ops *path, const void *options, double limit)
{
    *p = (struct fm_prediction){kind, path, options, 0, 1};
    if (kind == FM_PREDICTION_VELOCITY)
        return;
    double inside = kind == FM_PREDICTION_X1 ? 0 : 1, outside = 1 - inside;
    if (denominator(p, outside) >= limit)
        return;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (inside + outside);
        *(denominator(p, middle) >= limit ? &inside : &outside) = middle;
    }
    *(kind == FM_PREDICTION_X1 ? &p->last : &p->first) = inside;
}

void fm_prediction_factors(const struct fm_prediction *p, size_t n, const double *t,
                           double *asked, struct fm_path_point *points,
                           struct fm_prediction_factors *factors)
{
    for (size_t i = 0; i < n; i++)
        asked[i] = t[i] < p->first ? p->first : t[i] > p->last ? p->last : t[i];
    if (p->kind != FM_PREDICTION_VELOCITY)
        p->path->coefficients(p->options, n, asked, points);
    for (size_t i = 0; i < n; i++) {
        const struct fm_path_point q = points[i];
        const double w = q.d_alpha * q.sigma - q.d_sigma * q.alpha;
        if (p->kind == FM_PREDICTION_VELOCITY)
            factors[i] = (struct fm_prediction_factors){0, 1};
        else if (p->kind == FM_PREDICTION_X1)
            factors[i] = (struct fm_prediction_factors){q.d_sigma / q.sigma, w / q.sigma};
        else
            factors[i] = (struct fm_prediction_factors){q.d_alpha / q.alpha, -w / q.alpha};
    }
}
