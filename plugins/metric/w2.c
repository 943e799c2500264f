/* The 2-Wasserstein distance between the first `points` samples and as many rows of the
 * data: W2 = sqrt( min over permutations p of  1/n sum_i |x_i - y_p(i)|^2 ).  Exact for these
 * n points; but two samples of one distribution are a distance apart that falls slowly with n
 * (about n^(-1/2) up to two dimensions, n^(-1/dim) above).  Compare values at equal n only, and
 * with the floor, the value for two samples of the data. */
#include <fmrun/plugin.h>
#include <math.h>

struct w2_options {
    int64_t points;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"points", FM_INT, offsetof(struct w2_options, points), "1000",
     .minimum = 1, .maximum = 20000, .unit = "rows",
     .help = "how many samples are compared; time grows with the square or faster"},
    {0}};
/* clang-format on */

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    const struct w2_options *o = options;
    const size_t n = m->n < (size_t)o->points ? m->n : (size_t)o->points;
    double cost = 0;
    uint32_t *p = services->allocate(services, n, sizeof *p);
    if (!p)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(services->assign(services, n, m->dim, m->samples, m->data, p, &cost, err));
    *estimate = (struct fm_estimate){.value = sqrt(cost), .n_used = n};
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_DATA,
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "w2",
    .version = 1,
    .summary = "2-Wasserstein distance to the data, by exact optimal transport",
    .source =
        "Tong et al. 2023, arXiv:2302.00482: W2 on 1,000 test points; Peyre and Cuturi "
        "2019, Computational Optimal Transport, eq. 2.18",
    .options = options_table,
    .options_size = sizeof(struct w2_options),
    .metric = &ops,
};
