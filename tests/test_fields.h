/* Fields for tests of step control; check/problems.h has more. */
#ifndef FM_TESTS_TEST_FIELDS_H
#define FM_TESTS_TEST_FIELDS_H

#include "check/problems.h"

/* Van der Pol's equation with forcing: no closed form; end points come from scipy. */
static inline void test_forced(double t, const double *x, double *v)
{
    v[0] = x[1] + t * t;
    v[1] = 3 * (1 - x[0] * x[0]) * x[1] - x[0] * (1 + t);
}

static const struct fm_field test_forced_field = {"forced", 2, test_forced, NULL};
static const double test_forced_starts[] = {1.5, -0.5, 0.1, 2, -2, 0.3};

/* x' = x^2 has its pole at t = 1 / x0. */
static inline void test_square(double t, const double *x, double *v)
{
    (void)t;
    v[0] = x[0] * x[0];
}

static const struct fm_field test_square_field = {"square", 1, test_square, NULL};

#endif
