/* Two spirals of one and a half turns, each the other turned by half a turn: with
 * t = 3 pi sqrt(U) and U1, U2, U uniform in (0, 1),
 *   +-(-t cos t + U1 / 2, t sin t + U2 / 2) / 3,
 * each sign equally likely, then normal noise on each coordinate.  This is "2spirals" of
 * FFJORD's toy_data.py, whose noise is .1. */
#include <fmrun/curve.h>
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

struct spirals_options {
    double noise;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"noise", FM_REAL, offsetof(struct spirals_options, noise), "0.1",
     .minimum = 0, .maximum = 1e6, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "standard deviation of the noise"},
    {0}};
/* clang-format on */

static enum fm_status open_spirals(const void *options, const struct fm_services *services,
                                   struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services;
    FM_TRY(fm_plane_check_dim("spirals", d, err));
    *d = (struct fm_dataset){.dim = 2, .n_labels = 2};
    return FM_OK;
}

/* The first two blocks of a row's sequence give sign (label 0: +, 1: -), t and the uniform
 * noise, the third the normal noise. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    const struct spirals_options *o = options;
    struct fm_plane_block b;
    for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, 4);) {
        double *rows = x + 2 * b.first;
        for (size_t i = 0; i < b.n; i++)
            b.turns[i] = 1.5 * sqrt(b.u[4 * i + 1]);
        fm_plane_circle(&b);
        fm_plane_normals(&b, 2);
        for (size_t i = 0; i < b.n; i++) {
            const double t = 2 * pi * b.turns[i], *u = b.u + 4 * i, *z = b.normal + 2 * i;
            const double factor = (u[0] < 0.5 ? 1.0 : -1.0) / 3;
            rows[2 * i] = factor * (u[2] / 2 - t * b.cosine[i]) + o->noise * z[0];
            rows[2 * i + 1] = factor * (u[3] / 2 + t * b.sine[i]) + o->noise * z[1];
        }
    }
}

/* ---- density ----
 *
 * About the point of one spiral at t, coordinate j is uniform in an interval of length 1/6
 * plus normal noise: 6 (F(z) - F(z - 1 / (6 s))), z = (x_j - c_j(t)) / s, F the normal
 * distribution function.  The density of t is 2 t / (3 pi)^2. */

/* log F(z): below -30 by the asymptotic series, the first term left out being below
 * 2e-12. */
static double log_normal(double z)
{
    if (z > -30)
        return log(erfc(-z / sqrt(2)) / 2);
    const double q = 1 / (z * z);
    return -z * z / 2 - log(-z * sqrt(2 * pi))
           + log1p(q * (-1 + q * (3 + q * (-15 + q * 105))));
}

/* log (F(z) - F(z - width)) */
static double log_interval(double z, double width)
{
    if (z > width / 2)
        z = width - z;
    const double upper = log_normal(z), lower = log_normal(z - width);
    return upper > -HUGE_VAL ? upper + log1p(-exp(lower - upper)) : -HUGE_VAL;
}

static double evaluate(const struct fm_curve *c, const double *x, double t, double *log_f)
{
    const double width = 1 / (6 * c->noise);
    const double a = (x[0] + t * cos(t) / 3) / c->noise,
                 b = (x[1] - t * sin(t) / 3) / c->noise;
    *log_f = log_interval(a, width) + log_interval(b, width) + log(2 * t / (9 * pi * pi));
    return c->noise * hypot(fmax(0, fmax(-a, a - width)), fmax(0, fmax(-b, b - width)));
}

/* The derivative of log_interval by z. */
static double interval_slope(double z, double width)
{
    const double log_p = log_interval(z, width), half_log_2_pi = 0.91893853320467274178;
    return exp(-z * z / 2 - half_log_2_pi - log_p)
           - exp(-(z - width) * (z - width) / 2 - half_log_2_pi - log_p);
}

static void slope(const struct fm_curve *c, const double *x, double t, double *gradient)
{
    const double width = 1 / (6 * c->noise);
    gradient[0] = interval_slope((x[0] + t * cos(t) / 3) / c->noise, width) / c->noise;
    gradient[1] = interval_slope((x[1] - t * sin(t) / 3) / c->noise, width) / c->noise;
}

/* The sum of both spirals at x; the second is the first turned by half a turn. */
static struct fm_log_mean integral(const struct spirals_options *o, const double *x,
                                   bool with_slope)
{
    const struct fm_curve curve = {0,        3 * pi,   sqrt(1 + 9 * pi * pi) / 3,
                                   o->noise, evaluate, with_slope ? slope : NULL};
    const double turned[2] = {-x[0], -x[1]};
    struct fm_log_mean sum = fm_curve_integral(&curve, x);
    const struct fm_log_mean other = fm_curve_integral(&curve, turned);
    const double mean[2] = {-other.mean[0], -other.mean[1]};
    fm_log_mean_add(&sum, other.log, mean);
    return sum;
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    (void)d;
    const struct spirals_options *o = options;
    for (size_t i = 0; i < n; i++)
        log_p[i] = integral(o, x + 2 * i, false).log + log(18);
}

static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)d;
    for (size_t i = 0; i < n; i++) {
        const struct fm_log_mean p = integral(options, x + 2 * i, true);
        to[2 * i] = p.mean[0];
        to[2 * i + 1] = p.mean[1];
    }
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct spirals_options *o = options;
    const double reach = pi + 1.0 / 6 + 9 * o->noise;
    const double low[2] = {-reach, -reach}, high[2] = {reach, reach};
    return fm_plane_entropy(options, d, log_density, low, high, o->noise);
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_spirals,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy,
                                          .draw_labels = fm_plane_draw_labels};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "spirals",
    .version = 1,
    .summary = "two spirals in the plane",
    .source = "Grathwohl et al. 2019, arXiv:1810.01367, toy_data.py",
    .options = options_table,
    .options_size = sizeof(struct spirals_options),
    .dataset = &ops,
};
