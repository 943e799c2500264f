/* The marginal velocity itself, where source and data are mixtures of normal distributions:
 * no training, no model error.  Experiments with it show the solver's error alone, and
 * tests have exact numbers.
 *
 * With x0 from component j, N(m0_j, C_j), and x1, independent, from component k, N(m1_k,
 * S_k), all covariances diagonal, and x_t = a x1 + s x0 (a = alpha, s = sigma, primes are
 * derivatives in t), with noise N(0, b I) on it where the path is a bridge of variance b:
 *
 *   x_t | jk ~ N(mu, V),        mu = a m1_k + s m0_j,     V = a^2 S_k + s^2 C_j + b
 *   E[u | x_t = x, jk]        = a' m1_k + s' m0_j + G_jk (x - mu)
 *   G_jk                      = (a a' S_k + s s' C_j + b'/2) V^-1 = V'/2 V^-1
 *   v(x, t) = sum_jk r_jk(x) E[u | x, jk],    r_jk(x) = w_j w_k N(x; mu, V) / p_t(x)
 *
 * With E[u | x, jk] = g_jk(x), of derivative G_jk, and the scores
 * s_jk = -V^-1 (x - mu), the derivative of v along dx is
 *
 *   (dv/dx) dx = sum_jk r_jk G_jk dx + sum_jk r_jk (s_jk . dx - mean of it under r) g_jk,
 *
 * the covariance of s . dx and g under r; subtracting a constant from either changes nothing.
 *
 * Source: Lipman et al. 2023, arXiv:2210.02747, eq. 8 (marginal velocity), with the
 * conditional mean of the jointly normal u and x_t.  The coupling must be independent. */
#include <fmrun/plugin.h>
#include <math.h>
#include <stdbool.h>

struct oracle_options {
    bool labels;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"labels", FM_BOOL, offsetof(struct oracle_options, labels), "false",
     .flags = FM_OPTION_LATER,
     .help = "the velocity given a row's label, for data whose labels are components"},
    {0}};
/* clang-format on */

static const double log_2_pi = 1.83787706640934548356;

/* The problem at one t, in a caller's scratch; jk runs over pairs of components. */
struct moment {
    double t;
    bool is_set;
    double *drift;    /* [n_pairs][dim]: a' m1 + s' m0 */
    double *mean;     /* [n_pairs][dim]: mu */
    double *variance; /* [n_pairs][dim]: V */
    double *gain;     /* [n_pairs][dim]: V' / V / 2 */
    double *constant; /* [n_pairs]: log of w_j w_k / sqrt(det 2 pi V) */
    double *log_r;    /* [n_pairs]: log of w_j w_k N(x; mu, V), then of r */
    double *slope;    /* [n_pairs]: s . dx minus that of the leading pair */
};

static size_t n_pairs(const struct fm_problem *p)
{
    return p->source->n_components * p->data->n_components;
}

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              const struct fm_problem *problem, struct fm_closed_form *form,
                              struct fm_error *err)
{
    const struct oracle_options *o = options;
    (void)services;
    if (!problem->source || !problem->data)
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "network oracle: the %s is not a mixture of normal distributions; use "
            "dataset gaussian or gaussian_mixture there, or a network that is trained",
            !problem->source ? "source" : "data");
    if (!problem->is_independent)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "network oracle: the coupling must leave x0 and x1 independent; use "
                       "coupling independent");
    if (!problem->path && !problem->bridge)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "network oracle: the path is neither alpha(t) x1 + sigma(t) x0 nor "
                       "a bridge; use "
                       "an affine path such as linear");
    *form = (struct fm_closed_form){
        .state = problem,
        .is_labelled = o->labels,
        .scratch_bytes = sizeof(struct moment)
                         + n_pairs(problem) * (4 * problem->dim + 3) * sizeof(double)};
    return FM_OK;
}

/* sigma' of some paths is infinite at an end, where u has a limit: then t moves inwards. */
static struct fm_path_bridge path_at(const struct fm_problem *p, double t)
{
    struct fm_path_bridge bridge = {0};
    const struct fm_path_point *point = &bridge.mean;
    if (!p->path) {
        p->bridge(p, t, &bridge);
        return bridge;
    }
    for (double step = 1e-12; step < 1e-3; step *= 10) {
        p->path(p, t, &bridge.mean);
        if (isfinite(point->alpha) && isfinite(point->sigma) && isfinite(point->d_alpha)
            && isfinite(point->d_sigma))
            break;
        t = t < 0.5 ? t + step : t - step;
    }
    return bridge;
}

static void move_to(struct moment *moment, const struct fm_problem *p, double t)
{
    const struct fm_mixture *source = p->source, *data = p->data;
    const struct fm_path_bridge bridge = path_at(p, t);
    const struct fm_path_point at = bridge.mean;
    const size_t dim = p->dim;
    for (size_t j = 0, pair = 0; j < source->n_components; j++)
        for (size_t k = 0; k < data->n_components; k++, pair++) {
            double log_det = 0;
            for (size_t i = 0; i < dim; i++) {
                const size_t at_pair = pair * dim + i;
                double m0 = source->means[j * dim + i], m1 = data->means[k * dim + i];
                double c = source->variances[j * dim + i], s = data->variances[k * dim + i];
                double v =
                    at.alpha * at.alpha * s + at.sigma * at.sigma * c + bridge.variance;
                moment->drift[at_pair] = at.d_alpha * m1 + at.d_sigma * m0;
                moment->mean[at_pair] = at.alpha * m1 + at.sigma * m0;
                moment->variance[at_pair] = v;
                moment->gain[at_pair] =
                    (at.alpha * at.d_alpha * s + at.sigma * at.d_sigma * c
                     + bridge.d_variance / 2)
                    / v;
                log_det += log(v) + log_2_pi;
            }
            moment->constant[pair] =
                log(source->weights[j]) + log(data->weights[k]) - log_det / 2;
        }
    moment->t = t;
    moment->is_set = true;
}

/* Sets moment->log_r to log r_jk(x); returns log p_t(x).  So far out that every square
 * overflows, the nearest component gets all the weight. */
static double posterior(struct moment *moment, const struct fm_problem *p, const double *x)
{
    const size_t dim = p->dim, n = n_pairs(p);
    double largest = -HUGE_VAL, sum = 0, shortest = HUGE_VAL;
    size_t nearest = 0;
    for (size_t pair = 0; pair < n; pair++) {
        double squares = 0, length = 0;
        for (size_t i = 0; i < dim; i++) {
            double z = x[i] - moment->mean[pair * dim + i];
            squares += z * (z / moment->variance[pair * dim + i]);
            length = fmax(length, fabs(z) / sqrt(moment->variance[pair * dim + i]));
        }
        moment->log_r[pair] = moment->constant[pair] - squares / 2;
        largest = fmax(largest, moment->log_r[pair]);
        if (length < shortest) {
            shortest = length;
            nearest = pair;
        }
    }
    if (!(largest > -HUGE_VAL)) {
        for (size_t pair = 0; pair < n; pair++)
            moment->log_r[pair] = pair == nearest ? 0 : -HUGE_VAL;
        return -HUGE_VAL;
    }
    for (size_t pair = 0; pair < n; pair++)
        sum += exp(moment->log_r[pair] - largest);
    for (size_t pair = 0; pair < n; pair++)
        moment->log_r[pair] -= largest + log(sum);
    return largest + log(sum);
}

static struct moment *moment_in(const struct fm_problem *p, void *scratch)
{
    struct moment *moment = scratch;
    const size_t n = n_pairs(p);
    double *numbers = (double *)(void *)(moment + 1);
    *moment = (struct moment){.drift = numbers,
                              .mean = numbers + n * p->dim,
                              .variance = numbers + 2 * n * p->dim,
                              .gain = numbers + 3 * n * p->dim,
                              .constant = numbers + 4 * n * p->dim,
                              .log_r = numbers + 4 * n * p->dim + n,
                              .slope = numbers + 4 * n * p->dim + 2 * n};
    return moment;
}

static enum fm_status evaluate(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, double *v, void *scratch,
                               struct fm_error *err)
{
    (void)err;
    const struct fm_problem *p = form->state;
    struct moment *moment = moment_in(p, scratch);
    const size_t dim = p->dim;
    for (size_t i = 0; i < n; i++, x += dim, v += dim) {
        if (!moment->is_set || moment->t != t[i])
            move_to(moment, p, t[i]);
        (void)posterior(moment, p, x);
        for (size_t j = 0; j < dim; j++)
            v[j] = 0;
        for (size_t pair = 0; pair < n_pairs(p); pair++) {
            const double r = exp(moment->log_r[pair]), *mean = moment->mean + pair * dim;
            const double *drift = moment->drift + pair * dim,
                         *gain = moment->gain + pair * dim;
            if (r > 0)
                for (size_t j = 0; j < dim; j++)
                    v[j] += r * (drift[j] + gain[j] * (x[j] - mean[j]));
        }
    }
    return FM_OK;
}

/* The pair of the largest r. */
static size_t leading_pair(const struct moment *moment, size_t n)
{
    size_t lead = 0;
    for (size_t pair = 1; pair < n; pair++)
        if (moment->log_r[pair] > moment->log_r[lead])
            lead = pair;
    return lead;
}

/* (s_pair - s_lead) . dx.  Where pairs other than the leading one have r > 0, no square
 * overflows. */
static double slope_of(const struct moment *moment, size_t dim, size_t pair, size_t lead,
                       const double *x, const double *dx)
{
    const double *mean = moment->mean + pair * dim, *v = moment->variance + pair * dim;
    const double *lead_mean = moment->mean + lead * dim,
                 *lead_v = moment->variance + lead * dim;
    double sum = 0;
    for (size_t j = 0; j < dim; j++)
        sum += dx[j] * ((x[j] - lead_mean[j]) / lead_v[j] - (x[j] - mean[j]) / v[j]);
    return sum;
}

/* (dv/dx) dx at one x, after posterior() has set its r. */
static void derivative(struct moment *moment, size_t n, size_t dim, const double *x,
                       const double *dx, double *dv)
{
    const size_t lead = leading_pair(moment, n);
    const double *lead_gain = moment->gain + lead * dim,
                 *lead_drift = moment->drift + lead * dim,
                 *lead_mean = moment->mean + lead * dim;
    double mean_slope = 0;
    for (size_t pair = 0; pair < n; pair++) {
        const double r = exp(moment->log_r[pair]);
        moment->slope[pair] = r > 0 ? slope_of(moment, dim, pair, lead, x, dx) : 0;
        mean_slope += r * moment->slope[pair];
    }
    for (size_t j = 0; j < dim; j++)
        dv[j] = 0;
    for (size_t pair = 0; pair < n; pair++) {
        const double r = exp(moment->log_r[pair]),
                     weight = r * (moment->slope[pair] - mean_slope);
        const double *gain = moment->gain + pair * dim, *drift = moment->drift + pair * dim,
                     *mean = moment->mean + pair * dim;
        for (size_t j = 0; r > 0 && j < dim; j++) {
            /* g of the pair minus g of the leading one: far out the terms in x cancel.  For
             * the leading pair that is 0, even where rounding spoils its weight. */
            double g = drift[j] - lead_drift[j] + gain[j] * (x[j] - mean[j])
                       - lead_gain[j] * (x[j] - lead_mean[j]);
            dv[j] += r * gain[j] * dx[j] + (pair == lead ? 0 : weight * g);
        }
    }
}

static enum fm_status jvp(const struct fm_closed_form *form, size_t n, const double *t,
                          const double *x, const double *dx, double *dv, void *scratch,
                          struct fm_error *err)
{
    (void)err;
    const struct fm_problem *p = form->state;
    struct moment *moment = moment_in(p, scratch);
    const size_t dim = p->dim;
    for (size_t i = 0; i < n; i++, x += dim, dx += dim, dv += dim) {
        if (!moment->is_set || moment->t != t[i])
            move_to(moment, p, t[i]);
        (void)posterior(moment, p, x);
        derivative(moment, n_pairs(p), dim, x, dx, dv);
    }
    return FM_OK;
}

static enum fm_status log_density(const struct fm_closed_form *form, size_t n,
                                  const double *t, const double *x, double *log_p,
                                  void *scratch, struct fm_error *err)
{
    (void)err;
    const struct fm_problem *p = form->state;
    struct moment *moment = moment_in(p, scratch);
    for (size_t i = 0; i < n; i++) {
        if (!moment->is_set || moment->t != t[i])
            move_to(moment, p, t[i]);
        log_p[i] = posterior(moment, p, x + i * p->dim);
    }
    return FM_OK;
}

static const struct fm_network_ops ops = {.size = sizeof ops,
                                          .prepare = prepare,
                                          .evaluate = evaluate,
                                          .jvp = jvp,
                                          .log_density = log_density};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_NETWORK,
    .name = "oracle",
    .version = 1,
    .summary =
        "exact marginal velocity between mixtures of normal distributions, untrained",
    .source = "Lipman et al. 2023, arXiv:2210.02747, eq. 8, in closed form for mixtures",
    .options = options_table,
    .options_size = sizeof(struct oracle_options),
    .network = &ops,
};
