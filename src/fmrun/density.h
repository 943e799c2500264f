/* Helpers for metrics of log-densities (FM_REFERENCE_DENSITY, fmrun/metric.h): their
 * options, and the densities of the first rows of the data. */
#ifndef FM_FMRUN_DENSITY_H
#define FM_FMRUN_DENSITY_H

#include <fmrun/metric.h>
#include <fmrun/option.h>
#include <fmrun/status.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct fm_density_options {
    int64_t points, probes;
    int divergence; /* enum fm_divergence_kind */
    double rtol, atol;
};

static const char *const fm_divergence_names[] = {"exact", "rademacher", "gaussian", NULL};

/* clang-format off */
static const struct fm_option fm_density_option_table[] = {
    {"points", FM_INT, offsetof(struct fm_density_options, points), "1000",
     .minimum = 1, .maximum = 1e9, .unit = "rows", .help = "how many rows of the data"},
    {"divergence", FM_CHOICE, offsetof(struct fm_density_options, divergence), "exact",
     .choices = fm_divergence_names,
     .help = "all dim derivatives a step, or an estimate from random directions"},
    {"probes", FM_INT, offsetof(struct fm_density_options, probes), "1",
     .minimum = 1, .maximum = 10000, .help = "random directions a row, for the estimates"},
    {"rtol", FM_REAL, offsetof(struct fm_density_options, rtol), "1e-5",
     .minimum = 0, .maximum = 1, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "relative tolerance of the solve; networks compute in float, 6e-8"},
    {"atol", FM_REAL, offsetof(struct fm_density_options, atol), "1e-5",
     .minimum = 0, .maximum = 1, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "absolute tolerance, of coordinates and of the integral in nats"},
    {0}};
/* clang-format on */

/* Log-densities of the first options->points rows of m->data, *n of them.
 * FM_ERROR_DIVERGED when a solve failed; the errors of m->log_density. */
static inline enum fm_status fm_density_of_data(const struct fm_density_options *options,
                                                const struct fm_measurement *m, size_t *n,
                                                struct fm_density_answer *answer,
                                                struct fm_error *err)
{
    const struct fm_density_request request = {
        .n = m->n < (size_t)options->points ? m->n : (size_t)options->points,
        .x = m->data,
        .divergence = (enum fm_divergence_kind)options->divergence,
        .n_probes = (size_t)options->probes,
        .rtol = options->rtol,
        .atol = options->atol,
    };
    FM_TRY(m->log_density(m, &request, answer, err));
    *n = request.n;
    if (answer->n_failed > 0)
        return fm_fail(err, FM_ERROR_DIVERGED,
                       "%zu of %zu points could not be solved back to the source: the "
                       "first %s",
                       answer->n_failed, request.n, answer->failure);
    return FM_OK;
}

/* How many of n log-densities are not finite. */
static inline size_t fm_density_n_zero(const double *log_p, size_t n)
{
    size_t n_zero = 0;
    for (size_t i = 0; i < n; i++)
        n_zero += isfinite(log_p[i]) ? 0 : 1;
    return n_zero;
}

/* FM_ERROR_DIVERGED when the model's density is 0 at one of the n points. */
static inline enum fm_status fm_density_check_model(const struct fm_density_answer *answer,
                                                    size_t n, struct fm_error *err)
{
    const size_t n_zero = fm_density_n_zero(answer->log_p, n);
    if (n_zero == 0)
        return FM_OK;
    return fm_fail(err, FM_ERROR_DIVERGED,
                   "%zu of %zu points have density 0 under the model: they come from where "
                   "the source has no mass",
                   n_zero, n);
}

#endif
