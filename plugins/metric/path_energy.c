/* The energy of the ways that the samples took, mean over rows of integral |v(x_t, t)|^2 dt: the
 * host sums |x_(k+1) - x_k|^2 / h_k over the sampler's own steps, which for Euler is h |v|^2,
 * and for any solver tends to the integral as steps shrink.  No flow from source to data has
 * less than the squared 2-Wasserstein distance between them, which straight ways that do not
 * cross have (Benamou and Brenier 2000, eq. 4). */
#include <fmrun/plugin.h>
#include <fmrun/statistics.h>

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *estimate = (struct fm_estimate){.value = fm_mean_of(m->path_energy, m->n).mean,
                                     .n_used = m->n};
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_ENERGY,
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "path_energy",
    .version = 1,
    .summary = "mean of the integral of |v|^2 along the samples' ways",
    .source = "Tong et al. 2024, arXiv:2302.00482, sec. 5.1",
    .metric = &ops,
};
