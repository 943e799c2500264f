/* Means of random values, with their standard errors. */
#ifndef FM_CHECK_MOMENTS_H
#define FM_CHECK_MOMENTS_H

#include <math.h>
#include <stdbool.h>

/* While adding: sums of values and of their squares.  From fm_moment_of: mean and standard
 * error. */
struct fm_moment {
    double n, mean, error;
};

static inline void fm_moment_add(struct fm_moment *sums, double value)
{
    sums->n++;
    sums->mean += value;
    sums->error += value * value;
}

static inline struct fm_moment fm_moment_of(const struct fm_moment *sums)
{
    const double n = sums->n, mean = sums->mean / n,
                 variance = fmax(sums->error / n - mean * mean, 0);
    return (struct fm_moment){n, mean, sqrt(variance / n)};
}

/* Chance exceeds this once in a million, in standard errors. */
static const double FM_MOMENT_LIMIT = 4.9;

/* The same limit for the largest of n, by the tail exp(-z^2 / 2) of each. */
static inline double fm_moment_limit_of(double n)
{
    return sqrt(FM_MOMENT_LIMIT * FM_MOMENT_LIMIT + 2 * log(n));
}

static inline bool fm_moment_is_near(double value, double expected, double error)
{
    return fabs(value - expected) <= FM_MOMENT_LIMIT * error + 1e-9 * (1 + fabs(expected));
}

#endif
