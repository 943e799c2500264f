/* Normalised path energy, |PE - W2^2| / W2^2: how much more energy the samples' trajectories have
 * (PE, metric path_energy, of all rows) than optimal transport needs.  W2^2 is the exact squared
 * 2-Wasserstein distance between the first `points` rows of x0 and of the data.  It is noisy: the
 * floor is the score of straight, optimal trajectories to other rows of the data,
 * |W2^2(x0, others) - W2^2| / W2^2. */
#include <fmrun/plugin.h>
#include <fmrun/statistics.h>
#include <math.h>

struct npe_options {
    int64_t points;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"points", FM_INT, offsetof(struct npe_options, points), "1000",
     .minimum = 1, .maximum = 20000, .unit = "rows",
     .help = "rows of source and data for W2; time grows with the square or faster"},
    {0}};
/* clang-format on */

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    const struct npe_options *o = options;
    const size_t n = m->n < (size_t)o->points ? m->n : (size_t)o->points;
    const double energy = fm_mean_of(m->path_energy, m->n).mean;
    double cost = 0, other_cost = 0;
    uint32_t *p = services->allocate(services, n, sizeof *p);
    if (!p)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(services->assign(services, n, m->dim, m->x0, m->data, p, &cost, err));
    if (!(cost > 0))
        return fm_fail(err, FM_ERROR_RUN, "source and data are the same rows, so W2 is 0");
    if (m->fresh)
        FM_TRY(services->assign(services, n, m->dim, m->x0, m->fresh, p, &other_cost, err));
    *estimate = (struct fm_estimate){
        .value = fabs(energy - cost) / cost,
        .n_used = m->n,
        .has_floor = m->fresh != NULL,
        .floor = fabs(other_cost - cost) / cost,
    };
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references =
                                             FM_REFERENCE_DATA | FM_REFERENCE_ENERGY,
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "npe",
    .version = 1,
    .summary = "normalised path energy: how far trajectories are from optimal transport",
    .source = "Tong et al. 2024, arXiv:2302.00482, sec. 5.1",
    .options = options_table,
    .options_size = sizeof(struct npe_options),
    .metric = &ops,
};
