/* Densities of noise about a curve in the plane, and their scores: integrals over the curve's
 * parameter, by quadrature; for data sets whose density has no closed form. */
#ifndef FM_FMRUN_CURVE_H
#define FM_FMRUN_CURVE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

struct fm_curve {
    double from, to; /* the parameter */
    double speed;    /* the most by which the distance changes with it */
    double noise;    /* > 0: sd of each coordinate */
    /* At parameter t and the point x: the distance from x to where rows are without the
     * noise, and the log of what is to be integrated, at most -(distance / noise)^2 / 2. */
    double (*look)(const struct fm_curve *c, const double *x, double t, double *log_f);
    /* The gradient of that log by x, [2]; NULL: the score is not asked for. */
    void (*slope)(const struct fm_curve *c, const double *x, double t, double *gradient);
};

/* log(e^a + e^b) */
static inline double fm_log_add(double a, double b)
{
    const double larger = fmax(a, b);
    return larger > -HUGE_VAL ? larger + log1p(exp(fmin(a, b) - larger)) : -HUGE_VAL;
}

/* A sum of e^log, term by term, and the mean of vectors in the plane weighted by the terms. */
struct fm_log_mean {
    double log; /* -inf: none yet */
    double mean[2];
};

static inline void fm_log_mean_add(struct fm_log_mean *m, double log, const double *vector)
{
    m->log = fm_log_add(m->log, log);
    const double share = m->log > -HUGE_VAL ? exp(log - m->log) : 0;
    for (size_t j = 0; share > 0 && j < 2; j++)
        m->mean[j] += share * (vector[j] - m->mean[j]);
}

/* The work of fm_curve_log_integral. */
enum { FM_CURVE_NODES = 10, FM_CURVE_FIRST = 64, FM_CURVE_DEPTH = 12 };
static const double fm_curve_deepest = 40; /* what is e^-40 of the largest is left out */

struct fm_curve_sum {
    const struct fm_curve *curve;
    const double *x;
    double largest;           /* log f, of all points looked at */
    double rough;             /* log of the integral, about */
    struct fm_log_mean total; /* the integral so far */
};

static inline double fm_curve_look(struct fm_curve_sum *s, double t, double *log_f)
{
    double distance = s->curve->look(s->curve, s->x, t, log_f);
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
        (void)fm_curve_look(s, (a + b) / 2 + z * (b - a) / 2, &values[i]);
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

/* Halves until halves make no difference to the whole integral; what rounding does to f does
 * not count. */
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

/* Cuts what may matter into panels of at most three sd; a rough integral comes first, so that
 * what is small beside the whole is known to be small. */
static inline void fm_curve_search(struct fm_curve_sum *s, double a, double b,
                                   bool is_rough)
{
    double log_f;
    const double m = (a + b) / 2, distance = fm_curve_look(s, m, &log_f);
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

/* log of the integral from c->from to c->to, and its gradient by x, of a curve with a slope;
 * relative errors below 1e-10 up to distances of 1000 noise.  -inf where the distance squared
 * overflows. */
static inline struct fm_log_mean fm_curve_integral(const struct fm_curve *c,
                                                   const double *x)
{
    struct fm_curve_sum s = {c, x, -HUGE_VAL, -HUGE_VAL, {-HUGE_VAL, {0, 0}}};
    const double step = (c->to - c->from) / FM_CURVE_FIRST;
    for (size_t i = 0; i < FM_CURVE_FIRST; i++) {
        double log_f;
        (void)fm_curve_look(&s, c->from + ((double)i + 0.5) * step, &log_f);
    }
    if (!(s.largest > -HUGE_VAL))
        return s.total;
    fm_curve_search(&s, c->from, c->to, true);
    fm_curve_search(&s, c->from, c->to, false);
    return s.total;
}

#endif
