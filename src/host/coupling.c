#include <config.h>

#include "host/coupling.h"

#include "base/error.h"
#include "host/data.h"

#include <math.h>

struct fm_coupling fm_coupling_make(const struct fm_coupling_ops *ops, const void *options)
{
    struct fm_coupling c = {.ops = ops, .options = options, .scheme = ops->scheme};
    if (ops->prepare)
        ops->prepare(options, &c.scheme);
    if (c.scheme.batches == 0)
        c.scheme.batches = 1;
    return c;
}

/* The mean of |x0_i - x1_i|^2 over the pairs. */
static double cost_of_pairs(size_t n, size_t dim, const double *x0, const double *x1,
                            const uint32_t *i0, const uint32_t *i1)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < dim; j++) {
            double difference = x0[i0[k] * dim + j] - x1[i1[k] * dim + j];
            sum += difference * difference;
        }
    return sum / (double)n;
}

/* The mean of |x0_i - x1_j|^2 over all i and j: in each coordinate both variances and the
 * squared distance of the means. */
static double cost_of_all(size_t n, size_t dim, const double *x0, const double *x1)
{
    double sum = 0;
    for (size_t j = 0; j < dim; j++) {
        double mean0 = 0, mean1 = 0, squares = 0;
        for (size_t i = 0; i < n; i++) {
            mean0 += x0[i * dim + j];
            mean1 += x1[i * dim + j];
        }
        mean0 /= (double)n;
        mean1 /= (double)n;
        for (size_t i = 0; i < n; i++) {
            double d0 = x0[i * dim + j] - mean0, d1 = x1[i * dim + j] - mean1;
            squares += d0 * d0 + d1 * d1;
        }
        sum += squares / (double)n + (mean0 - mean1) * (mean0 - mean1);
    }
    return sum;
}

enum fm_status fm_coupling_pair(const struct fm_coupling *coupling,
                                struct fm_arena *scratch, size_t n, size_t dim,
                                const double *x0, const double *x1, struct fm_stream noise,
                                uint32_t *i0, uint32_t *i1,
                                struct fm_coupling_report *report, struct fm_error *err)
{
    const struct fm_services services = fm_services_make(scratch);
    *report = (struct fm_coupling_report){.plan_cost = (double)NAN};
    FM_TRY(coupling->ops->pair(coupling->options, &services, n, dim, x0, x1, noise, i0, i1,
                               report, err));
    for (size_t k = 0; k < n; k++)
        if (i0[k] >= n || i1[k] >= n)
            return fm_fail(
                err, FM_ERROR_PLUGIN,
                "the coupling made pair %zu of a row outside the batch (row %u of x0, "
                "row %u of x1, where there are %zu)",
                k, (unsigned)i0[k], (unsigned)i1[k], n);
    report->cost = cost_of_pairs(n, dim, x0, x1, i0, i1);
    if (isnan(report->plan_cost))
        report->plan_cost = report->cost;
    report->independent_cost = cost_of_all(n, dim, x0, x1);
    return FM_OK;
}
