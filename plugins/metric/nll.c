/* The negative log-likelihood of the data under the model, in nats: the mean over the first
 * `points` fresh rows of the data of
 *   -log p(x),   log p(x) = log p0(x(0)) - int_0^1 div v(x(t), t) dt,
 * along the solution that ends in x(1) = x.  Lower is better; the floor is the mean of
 * -log p_data over the same rows, where the data set has a density.
 *
 * The standard error is that of the choice of rows, sd / sqrt(n).  Compare two models, or a
 * model and a paper, by it.  It contains the noise of estimated divergences, which adds to the
 * spread over rows.  Models of one seed see the same rows, so their difference is known better;
 * nll_gap has that sharper error.
 *
 * The value stays unbiased when the divergence is estimated.  One probe a row is cheapest for a
 * given error, because the mean over rows averages its noise, too. */
#include <fmrun/density.h>
#include <fmrun/plugin.h>
#include <fmrun/statistics.h>

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)services;
    struct fm_density_answer answer;
    size_t n;
    FM_TRY(fm_density_of_data(options, m, &n, &answer, err));
    FM_TRY(fm_density_check_model(&answer, n, err));
    const struct fm_mean log_p = fm_mean_of(answer.log_p, n);
    struct fm_mean data = {0, 0};
    if (answer.data_log_p)
        data = fm_mean_of(answer.data_log_p, n);
    *estimate = (struct fm_estimate){
        .value = -log_p.mean,
        .standard_error = log_p.standard_error,
        .n_used = n,
        .has_floor = answer.data_log_p && isfinite(data.mean),
        .floor = -data.mean,
        .nfe = answer.nfe,
        .njvp = answer.njvp,
    };
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_DENSITY,
                                         .unit = "nats",
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "nll",
    .version = 1,
    .summary = "mean of -log p over rows of the data, p being the model's density",
    .source = "Chen et al. 2018, arXiv:1806.07366, eq. 8; Grathwohl et al. 2019, "
              "arXiv:1810.01367; Lipman et al. 2023, arXiv:2210.02747, app. C, there too "
              "with tolerances of 1e-5",
    .options = fm_density_option_table,
    .options_size = sizeof(struct fm_density_options),
    .metric = &ops,
};
