/* The negative log-likelihood of the data under the model: the mean over the first `points`
 * fresh rows of the data of
 *   -log p(x),   log p(x) = log p0(x(0)) - int_0^1 div v(x(t), t) dt,   in nats,
 * along the solution that ends in x(1) = x.  Lower is better; the floor is the mean of
 * -log p_data over the same rows, where the data set knows its density.
 *
 * The standard error is that of the rows' choice, sd / sqrt(n): what two models or a number
 * from a paper are to be compared by.  The noise of estimated divergences is in it, for it
 * adds to the spread over rows.  Between models of one seed, which see the same rows, less is
 * uncertain; nll_gap has the sharper error.
 *
 * An estimated divergence leaves the value unbiased; one probe a row is cheapest for a given
 * error, for the rows' own spread is averaged with it. */
#include <fmrun/plugin.h>
#include <math.h>

struct nll_options {
    int64_t points, probes;
    int divergence;
    double rtol, atol;
};

static const char *const divergences[] = FM_DIVERGENCE_NAMES;

/* clang-format off */
static const struct fm_option options_table[] = {
    {"points", FM_INT, offsetof(struct nll_options, points), "1000",
     .minimum = 1, .maximum = 1e9, .unit = "rows", .help = "how many rows of the data"},
    {"divergence", FM_CHOICE, offsetof(struct nll_options, divergence), "exact",
     .choices = divergences,
     .help = "all derivatives, dim a step, or an estimate from random directions"},
    {"probes", FM_INT, offsetof(struct nll_options, probes), "1",
     .minimum = 1, .maximum = 10000, .help = "random directions a row, of the estimates"},
    {"rtol", FM_REAL, offsetof(struct nll_options, rtol), "1e-5",
     .minimum = 0, .maximum = 1, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "relative tolerance of the solve; networks compute in float, 6e-8"},
    {"atol", FM_REAL, offsetof(struct nll_options, atol), "1e-5",
     .minimum = 0, .maximum = 1, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "absolute tolerance, of coordinates and of the integral in nats"},
    {0}};
/* clang-format on */

/* Sets *mean and *standard_error over n values. */
static void average(const double *values, size_t n, double *mean, double *standard_error)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - *mean) * (values[i] - *mean);
    *standard_error = n > 1 ? sqrt(squares / (double)(n - 1) / (double)n) : 0;
}

static enum fm_status check(const struct fm_density_answer *answer, size_t n,
                            struct fm_error *err)
{
    size_t n_zero = 0;
    if (answer->n_failed > 0)
        return fm_fail(err, FM_ERROR_DIVERGED,
                       "%zu of %zu points could not be solved back to the source: the "
                       "first %s",
                       answer->n_failed, n, answer->failure);
    for (size_t i = 0; i < n; i++)
        n_zero += isfinite(answer->log_p[i]) ? 0 : 1;
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
    const struct nll_options *o = options;
    const struct fm_density_request request = {
        .n = m->n < (size_t)o->points ? m->n : (size_t)o->points,
        .x = m->data,
        .divergence = (enum fm_divergence_kind)o->divergence,
        .n_probes = (size_t)o->probes,
        .rtol = o->rtol,
        .atol = o->atol,
    };
    struct fm_density_answer answer;
    double mean, error, data_mean = 0, unused;
    FM_TRY(m->log_density(m, &request, &answer, err));
    FM_TRY(check(&answer, request.n, err));
    average(answer.log_p, request.n, &mean, &error);
    if (answer.data_log_p)
        average(answer.data_log_p, request.n, &data_mean, &unused);
    *estimate = (struct fm_estimate){
        .value = -mean,
        .standard_error = error,
        .n_used = request.n,
        .has_floor = answer.data_log_p && isfinite(data_mean),
        .floor = -data_mean,
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
    .options = options_table,
    .options_size = sizeof(struct nll_options),
    .metric = &ops,
};
