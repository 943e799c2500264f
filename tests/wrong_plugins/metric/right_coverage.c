/* Right, higher is better: the share of data rows that have a sample no further away than their
 * nearest neighbour in the data.  Refuses one row, which has no neighbour. */
#include "means.h"

static double squared_distance(const struct fm_measurement *m, const double *x,
                               const double *y)
{
    double sum = 0;
    for (size_t j = 0; j < m->dim; j++)
        sum += (x[j] - y[j]) * (x[j] - y[j]);
    return sum;
}

static MEASURE
{
    (void)options, (void)services;
    size_t n_covered = 0;
    if (m->n < 2)
        return fm_fail(err, FM_ERROR_DIVERGED, "the nearest neighbour needs two rows");
    for (size_t i = 0; i < m->n; i++) {
        const double *x = m->data + i * m->dim;
        double radius = HUGE_VAL, nearest = HUGE_VAL;
        for (size_t k = 0; k < m->n; k++) {
            const double to_sample = squared_distance(m, x, m->samples + k * m->dim);
            if (!isfinite(to_sample))
                return fm_fail(err, FM_ERROR_DIVERGED, "sample %zu is not finite", k);
            nearest = fmin(nearest, to_sample);
            if (k != i)
                radius = fmin(radius, squared_distance(m, x, m->data + k * m->dim));
        }
        n_covered += nearest <= radius;
    }
    *estimate =
        (struct fm_estimate){.value = (double)n_covered / (double)m->n, .n_used = m->n};
    return FM_OK;
}
METRIC_WITH("right_coverage", FM_HIGHER_IS_BETTER, FM_REFERENCE_DATA);
