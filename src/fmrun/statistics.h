/* Helpers for metrics: means over rows with their standard error, and distances row by row.
 * Sums run in double, in the order of the rows. */
#ifndef FM_FMRUN_STATISTICS_H
#define FM_FMRUN_STATISTICS_H

#include <math.h>
#include <stddef.h>

struct fm_mean {
    double mean;
    /* sd / sqrt(n), sd with divisor n - 1; 0 for n = 1. */
    double standard_error;
};

/* Of n > 0 values, in two passes. */
static inline struct fm_mean fm_mean_of(const double *values, size_t n)
{
    struct fm_mean m = {0, 0};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    m.mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - m.mean) * (values[i] - m.mean);
    m.standard_error = n > 1 ? sqrt(squares / (double)(n - 1) / (double)n) : 0;
    return m;
}

/* The same of values that come one by one; start with zeros.
 * Source: Welford 1962, Technometrics 4:419. */
struct fm_running_mean {
    size_t n;
    double mean;
    /* Sum of the squared deviations from the mean. */
    double squares;
};

static inline void fm_running_mean_add(struct fm_running_mean *m, double value)
{
    const double deviation = value - m->mean;
    m->mean += deviation / (double)++m->n;
    m->squares += deviation * (value - m->mean);
}

static inline double fm_running_mean_error(const struct fm_running_mean *m)
{
    const double n = (double)m->n;
    return m->n > 1 ? sqrt(m->squares / (n - 1) / n) : 0;
}

/* sqrt( 1/n sum_i |x_i - y_i|^2 ).  x, y: [n][dim]. */
static inline double fm_rms_distance(size_t n, size_t dim, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n * dim; i++) {
        double difference = x[i] - y[i];
        sum += difference * difference;
    }
    return sqrt(sum / (double)n);
}

#endif
