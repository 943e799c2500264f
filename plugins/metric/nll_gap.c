/* How many nats the data's negative log-likelihood under the model is above the least possible:
 * the mean over the first `points` fresh rows x of the data of
 *   log p_data(x) - log p_model(x),
 * an unbiased estimate of the divergence KL(data || model); 0 for a perfect model.  It needs a
 * data set that knows its density.  This is nll less its own floor: the two vary together from
 * row to row, so the difference has a far smaller standard error (sd / sqrt(n), probes'
 * noise included) than nll - entropy.  Single values can be below 0.  The options are those of
 * nll. */
#include <fmrun/plugin.h>
#include <math.h>

struct gap_options {
    int64_t points, probes;
    int divergence;
    double rtol, atol;
};

static const char *const divergences[] = FM_DIVERGENCE_NAMES;

/* clang-format off */
static const struct fm_option options_table[] = {
    {"points", FM_INT, offsetof(struct gap_options, points), "1000",
     .minimum = 1, .maximum = 1e9, .unit = "rows", .help = "how many rows of the data"},
    {"divergence", FM_CHOICE, offsetof(struct gap_options, divergence), "exact",
     .choices = divergences,
     .help = "all derivatives, dim a step, or an estimate from random directions"},
    {"probes", FM_INT, offsetof(struct gap_options, probes), "1",
     .minimum = 1, .maximum = 10000, .help = "random directions a row, of the estimates"},
    {"rtol", FM_REAL, offsetof(struct gap_options, rtol), "1e-5",
     .minimum = 0, .maximum = 1, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "relative tolerance of the solve; networks compute in float, 6e-8"},
    {"atol", FM_REAL, offsetof(struct gap_options, atol), "1e-5",
     .minimum = 0, .maximum = 1, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "absolute tolerance, of coordinates and of the integral in nats"},
    {0}};
/* clang-format on */

static enum fm_status check(const struct fm_density_answer *answer, size_t n,
                            struct fm_error *err)
{
    size_t n_zero = 0, n_zero_data = 0;
    if (!answer->data_log_p)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "nll_gap needs the density of the data, which this data set doesn't "
                       "know; use nll");
    if (answer->n_failed > 0)
        return fm_fail(err, FM_ERROR_DIVERGED,
                       "%zu of %zu points could not be solved back to the source: the "
                       "first %s",
                       answer->n_failed, n, answer->failure);
    for (size_t i = 0; i < n; i++) {
        n_zero += isfinite(answer->log_p[i]) ? 0 : 1;
        n_zero_data += isfinite(answer->data_log_p[i]) ? 0 : 1;
    }
    if (n_zero_data > 0)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "the data set gives density 0 to %zu of its own %zu rows",
                       n_zero_data, n);
    return n_zero == 0 ? FM_OK
                       : fm_fail(err, FM_ERROR_DIVERGED,
                                 "%zu of %zu points have density 0 under the model: they "
                                 "come from where the source has no mass",
                                 n_zero, n);
}

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)services;
    const struct gap_options *o = options;
    const struct fm_density_request request = {
        .n = m->n < (size_t)o->points ? m->n : (size_t)o->points,
        .x = m->data,
        .divergence = (enum fm_divergence_kind)o->divergence,
        .n_probes = (size_t)o->probes,
        .rtol = o->rtol,
        .atol = o->atol,
    };
    const double n = (double)request.n;
    struct fm_density_answer answer;
    double mean = 0, squares = 0; /* squares: sum of squared deviations (Welford 1962) */
    FM_TRY(m->log_density(m, &request, &answer, err));
    FM_TRY(check(&answer, request.n, err));
    for (size_t i = 0; i < request.n; i++) {
        const double gap = answer.data_log_p[i] - answer.log_p[i], deviation = gap - mean;
        mean += deviation / (double)(i + 1);
        squares += deviation * (gap - mean);
    }
    *estimate = (struct fm_estimate){
        .value = mean,
        .standard_error = n > 1 ? sqrt(squares / (n - 1) / n) : 0,
        .n_used = request.n,
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
    .options = options_table,
    .options_size = sizeof(struct gap_options),
    .metric = &ops,
};
