/* The energy of the samples' trajectories, the mean over rows of integral |v(x_t, t)|^2 dt.  The
 * host sums |x_(k+1) - x_k|^2 / h_k over the solver's steps; this is h |v|^2 for Euler, and tends
 * to the integral for any solver as steps shrink.  No flow from source to data has less energy
 * than the squared 2-Wasserstein distance between them, which straight trajectories that do not
 * cross attain (Benamou and Brenier 2000, eq. 4). */
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
    .summary = "mean of the integral of |v|^2 along the samples' trajectories",
    .source = "Tong et al. 2024, arXiv:2302.00482, sec. 5.1",
    .metric = &ops,
};
