#include <config.h>

#include "sample/path_change.h"

#include <math.h>
#include <stdbool.h>

/* The bracket of z = log(t / (1 - t)): t = 1e-304 to 1 - t = 1e-16. */
static const double Z_MIN = -700, Z_MAX = 37;
/* Bracketed Newton needs far fewer. */
enum { MAX_ITERATIONS = 100 };
static const double PRECISION = 2e-16;
/* r stays MARGIN away from an end where the change is singular: where v_weight differs
 * by more than REGULAR_CHANGE over the margin. */
static const double MARGIN = 1e-10, REGULAR_CHANGE = 1e-3;

static struct fm_path_point point_at(const struct fm_affine_path *path, double t)
{
    struct fm_path_point p;
    path->ops->coefficients(path->options, 1, &t, &p);
    return p;
}

static double lambda_of(const struct fm_path_point *p)
{
    return log(p->alpha) - log(p->sigma);
}

static double turn_of(const struct fm_path_point *p)
{
    return p->d_alpha * p->sigma - p->d_sigma * p->alpha;
}

/* ---- t of a lambda ---- */

double fm_path_time_of(const struct fm_affine_path *path, double lambda)
{
    double low = Z_MIN, high = Z_MAX;
    double z = fmin(fmax(lambda, low), high), t = 0;
    for (int i = 0; i < MAX_ITERATIONS; i++) {
        t = 1 / (1 + exp(-z));
        const double left = 1 / (1 + exp(z)), precision = PRECISION * fmax(1, fabs(z));
        const struct fm_path_point p = point_at(path, t);
        const double error = lambda_of(&p) - lambda;
        if (error == 0)
            break;
        if (error > 0)
            high = z;
        else
            low = z;
        double next = z - error / (turn_of(&p) / (p.alpha * p.sigma) * t * left);
        if (!(next > low && next < high)) /* true for NaN, too */
            next = low + (high - low) / 2;
        const double step = fabs(next - z);
        z = next;
        if (step <= precision || high - low <= precision)
            break;
    }
    return 1 / (1 + exp(-z));
}

/* ---- one r ---- */

static void place_at(const struct fm_path_change *c, double r, struct fm_path_place *place)
{
    const struct fm_path_point b = point_at(&c->to, r);
    const double lambda = lambda_of(&b);
    if (lambda < c->lowest || lambda > c->highest) {
        const bool is_below = lambda < c->lowest;
        const struct fm_path_point a = point_at(&c->from, is_below ? 0 : 1);
        *place = (struct fm_path_place){
            .t = is_below ? 0 : 1,
            .scale = is_below ? a.sigma / b.sigma : a.alpha / b.alpha,
            .x_weight = is_below ? b.d_sigma / b.sigma : b.d_alpha / b.alpha};
        return;
    }
    const double t = lambda == c->lowest    ? 0
                     : lambda == c->highest ? 1
                                            : fm_path_time_of(&c->from, lambda);
    const struct fm_path_point a = point_at(&c->from, t);
    /* alpha or sigma, whichever is larger, has no singular derivative */
    const bool is_data = b.alpha > b.sigma;
    const double scale = is_data ? a.alpha / b.alpha : a.sigma / b.sigma;
    const double v_weight = turn_of(&b) / turn_of(&a) * scale, dt = v_weight * scale;
    *place = (struct fm_path_place){
        .t = t,
        .scale = scale,
        .x_weight = is_data ? b.d_alpha / b.alpha - a.d_alpha / a.alpha * dt
                            : b.d_sigma / b.sigma - a.d_sigma / a.sigma * dt,
        .v_weight = v_weight};
}

void fm_path_change_at(const struct fm_path_change *change, double r,
                       struct fm_path_place *place)
{
    place_at(change, fmin(fmax(r, change->begin), change->end), place);
}

static bool is_regular(const struct fm_path_change *c, double end, double inside)
{
    struct fm_path_place there, near;
    place_at(c, end, &there);
    place_at(c, inside, &near);
    return isfinite(there.x_weight) && isfinite(there.v_weight) && isfinite(there.scale)
           && fabs(there.v_weight - near.v_weight)
                  <= REGULAR_CHANGE * (1 + fabs(near.v_weight));
}

void fm_path_change_init(struct fm_path_change *change, struct fm_affine_path from,
                         struct fm_affine_path to)
{
    const struct fm_path_point first = point_at(&from, 0), last = point_at(&from, 1);
    *change = (struct fm_path_change){.from = from,
                                      .to = to,
                                      .lowest = lambda_of(&first),
                                      .highest = lambda_of(&last),
                                      .begin = 0,
                                      .end = 1};
    change->begin = is_regular(change, 0, MARGIN) ? 0 : MARGIN;
    change->end = is_regular(change, 1, 1 - MARGIN) ? 1 : 1 - MARGIN;
}
