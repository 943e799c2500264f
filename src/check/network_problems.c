#include <config.h>

#include "check/network_problems.h"

#include "check/problems.h"

#include <math.h>

static const double one[] = {1}, zeroes[FM_PROBLEM_MAX_DIM] = {0},
                    ones[FM_PROBLEM_MAX_DIM] = {1, 1, 1, 1, 1};
static const double normal_mean[] = {1, -0.5}, normal_variance[] = {0.49, 0.25};
static const double weights[] = {0.5, 0.3, 0.2};
static const double means[] = {1, -1, -1.5, 0.5, 0.5, 1.5},
                    variances[] = {0.25, 0.36, 0.3, 0.2, 0.5, 0.16};
static const double source_weights[] = {0.6, 0.4},
                    source_means[] = {0.2, 0, -0.3, 0.1, 0.4, -1, 0.5, 0, 0.3, -0.5},
                    source_variances[] = {1, 0.8, 1.2, 0.9, 1, 0.6, 1, 0.7, 1.1, 0.8};
static const double wide_means[] = {1, 0, -1, 0.5, 0.2,  -1,  1,   0.5,
                                    0, 0, 0,  -1,  0.75, 1.5, -0.5},
                    wide_variances[] = {0.3, 0.5, 0.4, 0.25, 0.6, 0.5, 0.3, 0.4,
                                        0.6, 0.3, 0.4, 0.4,  0.5, 0.3, 0.5};

static const struct fm_mixture normal = {1, 2, one, zeroes, ones},
                               shifted = {1, 2, one, normal_mean, normal_variance},
                               three = {3, 2, weights, means, variances},
                               wide_source = {2, 5, source_weights, source_means,
                                              source_variances},
                               wide_data = {3, 5, weights, wide_means, wide_variances};

/* Straight lines with noise of variance 0.3 t (1 - t) + 0.02. */
static void noisy_lines(const struct fm_problem *problem, double t,
                        struct fm_path_bridge *bridge)
{
    *bridge = (struct fm_path_bridge){.variance = 0.3 * t * (1 - t) + 0.02,
                                      .d_variance = 0.3 * (1 - 2 * t)};
    fm_linear_path(problem, t, &bridge->mean);
}

const char *const fm_problem_names[FM_N_PROBLEMS] = {
    "normal, smooth path", "mixture, linear path", "5 coordinates, smooth",
    "mixture, bridge"};
const struct fm_problem fm_problems[FM_N_PROBLEMS] = {
    {.dim = 2,
     .source = &normal,
     .data = &shifted,
     .is_independent = true,
     .path = fm_smooth_path},
    {.dim = 2,
     .source = &normal,
     .data = &three,
     .is_independent = true,
     .path = fm_linear_path},
    {.dim = 5,
     .source = &wide_source,
     .data = &wide_data,
     .is_independent = true,
     .path = fm_smooth_path},
    {.dim = 2,
     .source = &normal,
     .data = &three,
     .is_independent = true,
     .bridge = noisy_lines},
};

/* x_t of components j and k is normal with mean alpha m_k + sigma m_j and variance
 * alpha^2 S_k + sigma^2 C_j + b. */
double fm_problem_log_density(const struct fm_problem *problem, double t, const double *x)
{
    const struct fm_mixture *p = problem->source, *q = problem->data;
    struct fm_path_bridge at = {0};
    const size_t dim = problem->dim;
    double sum = 0;
    if (problem->path)
        problem->path(problem, t, &at.mean);
    else
        problem->bridge(problem, t, &at);
    const double a = at.mean.alpha, s = at.mean.sigma;
    for (size_t j = 0; j < p->n_components; j++)
        for (size_t k = 0; k < q->n_components; k++) {
            double density = p->weights[j] * q->weights[k];
            for (size_t i = 0; i < dim; i++) {
                const double mean = a * q->means[k * dim + i] + s * p->means[j * dim + i],
                             v = a * a * q->variances[k * dim + i]
                                 + s * s * p->variances[j * dim + i] + at.variance;
                density *= exp(-(x[i] - mean) * (x[i] - mean) / (2 * v))
                           / sqrt(6.28318530717958647692 * v);
            }
            sum += density;
        }
    return log(sum);
}
