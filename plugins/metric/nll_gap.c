/* How far the data's negative log-likelihood under the model is above the least possible, in
 * nats: the mean over the first `points` fresh rows x of the data of
 *   log p_data(x) - log p_model(x),
 * an unbiased estimate of the divergence KL(data || model); 0 for a perfect model.  The data set
 * must have a density.  This is nll less its own floor: the two vary together from row to row,
 * so the difference has a far smaller standard error than nll - entropy (sd / sqrt(n), with the
 * noise of the probes).  Single values can be below 0. */
#include <fmrun/density.h>
#include <fmrun/plugin.h>
#include <fmrun/statistics.h>

static enum fm_status check(const struct fm_density_answer *answer, size_t n,
                            struct fm_error *err)
{
    if (!answer->data_log_p)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "nll_gap needs the density of the data, but this data set has none; "
                       "use nll");
    const size_t n_zero = fm_density_n_zero(answer->data_log_p, n);
    if (n_zero > 0)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "the data set gives density 0 to %zu of its own %zu rows", n_zero,
                       n);
    return fm_density_check_model(answer, n, err);
}

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)services;
    struct fm_density_answer answer;
    struct fm_running_mean gap = {0};
    size_t n;
    FM_TRY(fm_density_of_data(options, m, &n, &answer, err));
    FM_TRY(check(&answer, n, err));
    for (size_t i = 0; i < n; i++)
        fm_running_mean_add(&gap, answer.data_log_p[i] - answer.log_p[i]);
    *estimate = (struct fm_estimate){
        .value = gap.mean,
        .standard_error = fm_running_mean_error(&gap),
        .n_used = n,
        .has_floor = true, /* 0: at every row the model's density is the data's */
        .nfe = answer.nfe,
        .njvp = answer.njvp,
    };
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_DENSITY
                                                       | FM_REFERENCE_DATA_DENSITY,
                                         .unit = "nats",
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "nll_gap",
    .version = 1,
    .summary = "mean of log p_data - log p_model over rows of the data: KL divergence",
    .source =
        "Cover and Thomas 2006, Elements of Information Theory, eq. 2.26; densities as "
        "in nll",
    .options = fm_density_option_table,
    .options_size = sizeof(struct fm_density_options),
    .metric = &ops,
};
