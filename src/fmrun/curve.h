/* Helpers for data sets of noise about a curve in the plane, whose density has no closed
 * form: densities and scores as integrals over the curve's parameter, by quadrature. */
#ifndef FM_FMRUN_CURVE_H
#define FM_FMRUN_CURVE_H

#include <fmrun/dataset.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

struct fm_curve {
    /* Range of the parameter t. */
    double from, to;
    /* The distance below changes by at most speed |dt|. */
    double speed;
    /* Standard deviation of each coordinate, > 0. */
    double noise;
    /* The distance from the point x, [2], to the noiseless rows at parameter t; *log_f: the
     * log of the integrand there, at most -(distance / noise)^2 / 2. */
    double (*evaluate)(const struct fm_curve *c, const double *x, double t, double *log_f);
    /* The gradient of log f by x, [2]; NULL: the score is not needed. */
    void (*slope)(const struct fm_curve *c, const double *x, double t, double *gradient);
};

/* log(e^a + e^b) */
static inline double fm_log_add(double a, double b)
{
    const double larger = fmax(a, b);
    return larger > -HUGE_VAL ? larger + log1p(exp(fmin(a, b) - larger)) : -HUGE_VAL;
}

/* The log of a sum of terms e^log, and the mean of vectors in the plane, weighted by
 * these. */
struct fm_log_mean {
    double log; /* -inf: no term yet */
    double mean[2];
};

static inline void fm_log_mean_add(struct fm_log_mean *m, double log, const double *vector)
{
    m->log = fm_log_add(m->log, log);
    const double share = m->log > -HUGE_VAL ? exp(log - m->log) : 0;
    for (size_t j = 0; share > 0 && j < 2; j++)
        m->mean[j] += share * (vector[j] - m->mean[j]);
}

/* ---- inside fm_curve_integral ---- */

enum { FM_CURVE_NODES = 10, FM_CURVE_FIRST = 64, FM_CURVE_DEPTH = 12 };
/* Terms below e^-40 of the largest are dropped. */
static const double fm_curve_deepest = 40;

struct fm_curve_sum {
    const struct fm_curve *curve;
    const double *x;
    /* The largest log f evaluated so far. */
    double largest;
    /* log of the integral, roughly. */
    double rough;
    /* The integral so far. */
    struct fm_log_mean total;
};

static inline double fm_curve_evaluate(struct fm_curve_sum *s, double t, double *log_f)
{
    double distance = s->curve->evaluate(s->curve, s->x, t, log_f);
    s->largest = fmax(s->largest, *log_f);
    return distance;
}

/* The integral over [a, b], and the mean slope, by Gauss and Legendre's rule. */
static inline struct fm_log_mean fm_curve_panel(struct fm_curve_sum *s, double a, double b)
{
    static const double nodes[] = {0.1488743389816312, 0.4333953941292472,
                                   0.6794095682990244, 0.8650633666889845,
                                   0.9739065285171717},
                        weights[] = {0.2955242247147529, 0.2692667193099963,
                                     0.2190863625159820, 0.1494513491505806,
                                     0.0666713443086881};
    double values[FM_CURVE_NODES], largest = -HUGE_VAL, sum = 0;
    for (size_t i = 0; i < FM_CURVE_NODES; i++) {
        double z = i % 2 ? nodes[i / 2] : -nodes[i / 2];
        (void)fm_curve_evaluate(s, (a + b) / 2 + z * (b - a) / 2, &values[i]);
        largest = fmax(largest, values[i]);
    }
    struct fm_log_mean panel = {-HUGE_VAL, {0, 0}};
    if (!(largest > -HUGE_VAL))
        return panel;
    for (size_t i = 0; i < FM_CURVE_NODES; i++)
        sum += weights[i / 2] * exp(values[i] - largest);
    panel.log = largest + log(sum * (b - a) / 2);
    for (size_t i = 0; s->curve->slope && i < FM_CURVE_NODES; i++) {
        const double z = i % 2 ? nodes[i / 2] : -nodes[i / 2],
                     share = weights[i / 2] * exp(values[i] - largest) / sum;
        double gradient[2];
        s->curve->slope(s->curve, s->x, (a + b) / 2 + z * (b - a) / 2, gradient);
        for (size_t j = 0; share > 0 && j < 2; j++)
            panel.mean[j] += share * gradient[j];
    }
    return panel;
}

/* Adds the panel from a to b, whose integral is `whole`; halves it until halving changes
 * the integral by no more than the rounding errors of f. */
static inline void fm_curve_refine(struct fm_curve_sum *s, double a, double b,
                                   struct fm_log_mean whole, int depth)
{
    if (whole.log < s->rough - 30) {
        fm_log_mean_add(&s->total, whole.log, whole.mean);
        return;
    }
    const double m = (a + b) / 2;
    const struct fm_log_mean left = fm_curve_panel(s, a, m),
                             right = fm_curve_panel(s, m, b);
    struct fm_log_mean halves = left;
    fm_log_mean_add(&halves, right.log, right.mean);
    const double tolerance = 1e-12 + 1e-15 * fabs(s->largest);
    const double difference = fabs(exp(whole.log - s->rough) - exp(halves.log - s->rough));
    if (depth == FM_CURVE_DEPTH || !(difference > tolerance)) {
        fm_log_mean_add(&s->total, halves.log, halves.mean);
        return;
    }
    fm_curve_refine(s, a, m, left, depth + 1);
    fm_curve_refine(s, m, b, right, depth + 1);
}

/* Cuts the parts from a to b that may matter into panels of at most 3 noise.  A first pass
 * sums a rough integral, the second refines the panels that are not negligible beside
 * it. */
static inline void fm_curve_search(struct fm_curve_sum *s, double a, double b,
                                   bool is_rough)
{
    double log_f;
    const double m = (a + b) / 2, distance = fm_curve_evaluate(s, m, &log_f);
    const double length = s->curve->speed * (b - a);
    const double nearest = fmax(0, distance - length / 2) / s->curve->noise;
    if (-nearest * nearest / 2 < s->largest - fm_curve_deepest)
        return;
    if (length > fmax(3 * s->curve->noise, 1e-8 * distance)) {
        fm_curve_search(s, a, m, is_rough);
        fm_curve_search(s, m, b, is_rough);
    } else if (is_rough) {
        s->rough = fm_log_add(s->rough, fm_curve_panel(s, a, b).log);
    } else {
        fm_curve_refine(s, a, b, fm_curve_panel(s, a, b), 0);
    }
}

/* ---- the integral ---- */

/* The log of the integral of f from c->from to c->to and, for a curve with a slope, the
 * gradient of that log by x.  Relative errors are below 1e-10 up to distances of 1000
 * noise.  -inf where the squared distance overflows. */
static inline struct fm_log_mean fm_curve_integral(const struct fm_curve *c,
                                                   const double *x)
{
    struct fm_curve_sum s = {c, x, -HUGE_VAL, -HUGE_VAL, {-HUGE_VAL, {0, 0}}};
    const double step = (c->to - c->from) / FM_CURVE_FIRST;
    for (size_t i = 0; i < FM_CURVE_FIRST; i++) {
        double log_f;
        (void)fm_curve_evaluate(&s, c->from + ((double)i + 0.5) * step, &log_f);
    }
    if (!(s.largest > -HUGE_VAL))
        return s.total;
    fm_curve_search(&s, c->from, c->to, true);
    fm_curve_search(&s, c->from, c->to, false);
    return s.total;
}

/* ---- curves with a uniform parameter and normal noise ---- */

/* Rows are scale (place(t) + noise z - centre), t uniform in (from, to), z ~ N(0, I). */
struct fm_noisy_curve {
    /* Here noise may be 0: then there is no density. */
    struct fm_curve curve;
    double scale, centre;
    /* log of (to - from) 2 pi noise^2 scale^2. */
    double log_volume;
};

/* What curve.evaluate returns and sets.  place: sets the point of the curve at t, [2]. */
static inline double fm_noisy_curve_evaluate(const struct fm_curve *c, const double *x,
                                             double t, void (*place)(double t, double *),
                                             double *log_f)
{
    double point[2];
    place(t, point);
    const double distance = hypot(x[0] - point[0], x[1] - point[1]);
    const double z = distance / c->noise;
    *log_f = -z * z / 2;
    return distance;
}

/* What curve.slope sets. */
static inline void fm_noisy_curve_slope(const struct fm_curve *c, const double *x, double t,
                                        void (*place)(double t, double *), double *gradient)
{
    const double variance = c->noise * c->noise;
    double point[2];
    place(t, point);
    for (size_t j = 0; j < 2; j++)
        gradient[j] = (point[j] - x[j]) / variance;
}

static inline struct fm_log_mean fm_noisy_curve_integral(const struct fm_noisy_curve *c,
                                                         const double *x)
{
    const double point[2] = {x[0] / c->scale + c->centre, x[1] / c->scale + c->centre};
    return fm_curve_integral(&c->curve, point);
}

/* log_density and score of a data set whose state is a struct fm_noisy_curve.  NaN without
 * noise. */
static inline void fm_noisy_curve_log_density(const void *options,
                                              const struct fm_dataset *d, size_t n,
                                              const double *x, double *log_p)
{
    (void)options;
    struct fm_noisy_curve c = *(const struct fm_noisy_curve *)d->state;
    c.curve.slope = NULL;
    for (size_t i = 0; i < n; i++)
        log_p[i] = c.curve.noise > 0
                       ? fm_noisy_curve_integral(&c, x + 2 * i).log - c.log_volume
                       : (double)NAN;
}

static inline void fm_noisy_curve_score(const void *options, const struct fm_dataset *d,
                                        size_t n, const double *x, double *score)
{
    (void)options;
    const struct fm_noisy_curve *c = d->state;
    for (size_t i = 0; i < n; i++) {
        struct fm_log_mean p = {0, {(double)NAN, (double)NAN}};
        if (c->curve.noise > 0)
            p = fm_noisy_curve_integral(c, x + 2 * i);
        for (size_t j = 0; j < 2; j++)
            score[2 * i + j] = p.mean[j] / c->scale;
    }
}

#endif
