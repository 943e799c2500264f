/* Exact optimal transport of the batch: the pairing of its x0 and x1, one to one, with the
 * least sum of squared distances |x0 - x1|^2. */
#include <fmrun/plugin.h>

static enum fm_status pair(const void *options, const struct fm_services *services,
                           size_t n, size_t dim, const double *x0, const double *x1,
                           struct fm_stream noise, uint32_t *i0, uint32_t *i1,
                           struct fm_coupling_report *report, struct fm_error *err)
{
    double cost;
    (void)options, (void)noise, (void)report;
    FM_TRY(services->assign(services, n, dim, x0, x1, i1, &cost, err));
    for (size_t k = 0; k < n; k++)
        i0[k] = (uint32_t)k;
    return FM_OK;
}

static const struct fm_coupling_ops ops = {
    .size = sizeof ops, .scheme = {.is_permutation = true}, .pair = pair};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_COUPLING,
    .name = "ot",
    .version = 1,
    .summary = "the pairs of a batch that minimise the squared distance (OT-CFM)",
    .source = "Pooladian et al. 2023, arXiv:2304.14772; Tong et al. 2024, arXiv:2302.00482",
    .coupling = &ops,
};
