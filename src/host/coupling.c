#include <config.h>

#include "host/coupling.h"

#include "base/error.h"
#include "host/call.h"
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

struct fm_coupling fm_coupling_open(const struct fm_plugin *plugin, const void *options)
{
    fm_call_begin(plugin->kind, plugin->name, "prepare");
    const struct fm_coupling c = fm_coupling_make(plugin->coupling, options);
    fm_call_end();
    return c;
}

/* The mean of |x0_i - x1_i|^2 over the pairs. */
static double cost_of_pairs(const struct fm_coupling_batch *b)
{
    double sum = 0;
    for (size_t k = 0; k < b->n; k++)
        for (size_t j = 0; j < b->dim; j++) {
            double difference = b->x0[b->i0[k] * b->dim + j] - b->x1[b->i1[k] * b->dim + j];
            sum += difference * difference;
        }
    return sum / (double)b->n;
}

/* The mean of |x0_i - x1_j|^2 over all i and j: for each coordinate the sum of both variances and
 * the squared distance of the means. */
static double cost_of_all(const struct fm_coupling_batch *b)
{
    const size_t n = b->n, dim = b->dim;
    const double *x0 = b->x0, *x1 = b->x1;
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
                                struct fm_arena *scratch,
                                const struct fm_coupling_batch *batch,
                                struct fm_coupling_report *report, struct fm_error *err)
{
    const struct fm_services services = fm_services_make(scratch);
    *report = (struct fm_coupling_report){.plan_cost = (double)NAN};
    FM_TRY(coupling->ops->pair(coupling->options, &services, batch, report, err));
    for (size_t k = 0; k < batch->n; k++)
        if (batch->i0[k] >= batch->n || batch->i1[k] >= batch->n)
            return fm_fail(
                err, FM_ERROR_PLUGIN,
                "the coupling made pair %zu of a row outside the batch (row %u of x0, "
                "row %u of x1, where there are %zu)",
                k, (unsigned)batch->i0[k], (unsigned)batch->i1[k], batch->n);
    report->cost = cost_of_pairs(batch);
    if (isnan(report->plan_cost))
        report->plan_cost = report->cost;
    report->independent_cost = cost_of_all(batch);
    return FM_OK;
}
