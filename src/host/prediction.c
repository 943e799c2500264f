#include <config.h>

#include "host/prediction.h"

#include <math.h>

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
    const double least = limit * denominator(p, inside);
    if (denominator(p, outside) >= least)
        return;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (inside + outside);
        *(denominator(p, middle) >= least ? &inside : &outside) = middle;
    }
    *(kind == FM_PREDICTION_X1 ? &p->last : &p->first) = inside;
}

static double smaller(double a, double b)
{
    return fabs(a) < fabs(b) ? a : b;
}

/* alpha and sigma at the time asked; derivatives at t, or at the time asked where those are smaller. */
static struct fm_path_point point_of(const struct fm_prediction *p, double t, double asked,
                                     struct fm_path_point point)
{
    struct fm_path_point here;
    if (asked == t)
        return point;
    p->path->coefficients(p->options, 1, &t, &here);
    point.d_alpha = smaller(here.d_alpha, point.d_alpha);
    point.d_sigma = smaller(here.d_sigma, point.d_sigma);
    return point;
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
        if (p->kind == FM_PREDICTION_VELOCITY) {
            factors[i] = (struct fm_prediction_factors){0, 1};
            continue;
        }
        const struct fm_path_point q = point_of(p, t[i], asked[i], points[i]);
        const double w = q.d_alpha * q.sigma - q.d_sigma * q.alpha;
        if (p->kind == FM_PREDICTION_X1)
            factors[i] = (struct fm_prediction_factors){q.d_sigma / q.sigma, w / q.sigma};
        else
            factors[i] = (struct fm_prediction_factors){q.d_alpha / q.alpha, -w / q.alpha};
    }
}
