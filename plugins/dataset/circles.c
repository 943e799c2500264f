/* Two circles about the origin, of radius 1 and `factor`, each equally likely, with normal
 * noise on each coordinate, then a scale.  This is scikit-learn's make_circles with the
 * angle drawn instead of laid on a grid, so that rows are independent.  The profiles:
 *   plain   scale 1
 *   dsb     factor .5, times 10, without noise unless it is given (De Bortoli et al. 2021,
 *           arXiv:2106.01357)
 *   ffjord  factor .5, noise .08, times 3 (Grathwohl et al. 2019, arXiv:1810.01367,
 *           toy_data.py)
 * The noise is added before the plane is scaled. */
#include <fmrun/curve.h>
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

enum profile { PLAIN, DSB, FFJORD };
static const char *const profile_names[] = {"plain", "dsb", "ffjord", NULL};
static const struct {
    double noise, scale;
} profiles[] = {{0.05, 1}, {0, 10}, {0.08, 3}};
static const double pi = 3.14159265358979323846;

struct circles_options {
    int profile;
    struct fm_reals noise, factor;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"profile", FM_CHOICE, offsetof(struct circles_options, profile), "plain",
     .choices = profile_names, .help = "whose scale and noise"},
    {"noise", FM_REALS, offsetof(struct circles_options, noise), "",
     .minimum = 0, .maximum = 1e6,
     .help = "standard deviation before scaling; none: 0.05, or 0 for dsb; ffjord fixes it"},
    {"factor", FM_REALS, offsetof(struct circles_options, factor), "",
     .minimum = 0, .maximum = 1, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "radius of the inner circle of profile plain; none: 0.5"},
    {0}};
/* clang-format on */

struct circles {
    double noise, scale, factor;
};

static enum fm_status check(const struct circles_options *o, struct fm_error *err)
{
    const char *profile = profile_names[o->profile];
    if (o->profile == FFJORD && o->noise.n != 0)
        return fm_fail(err, FM_ERROR_CONFIG, "dataset circles: profile %s fixes the noise",
                       profile);
    if (o->profile != PLAIN && o->factor.n != 0)
        return fm_fail(err, FM_ERROR_CONFIG, "dataset circles: profile %s fixes the factor",
                       profile);
    if (o->noise.n > 1 || o->factor.n > 1)
        return fm_fail(err, FM_ERROR_CONFIG, "dataset circles: %s must be one number",
                       o->noise.n > 1 ? "noise" : "factor");
    return FM_OK;
}

static enum fm_status open_circles(const void *options, const struct fm_services *services,
                                   struct fm_dataset *d, struct fm_error *err)
{
    const struct circles_options *o = options;
    FM_TRY(check(o, err));
    FM_TRY(fm_plane_check_dim("circles", d, err));
    struct circles *c = services->allocate(services, 1, sizeof *c);
    if (!c)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    c->noise = o->noise.n ? o->noise.values[0] : profiles[o->profile].noise;
    c->scale = profiles[o->profile].scale;
    c->factor = o->factor.n ? o->factor.values[0] : 0.5;
    *d = (struct fm_dataset){.dim = 2, .state = c, .n_labels = 2};
    return FM_OK;
}

/* The first block of a row's sequence gives circle (label 0: radius 1, 1: the other) and
 * angle, the second the noise. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)options;
    const struct circles *c = d->state;
    struct fm_plane_block b;
    for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, 2);) {
        double *rows = x + 2 * b.first;
        for (size_t i = 0; i < b.n; i++)
            b.turns[i] = b.u[2 * i + 1];
        fm_plane_circle(&b);
        fm_plane_normals(&b, 1);
        for (size_t i = 0; i < b.n; i++) {
            const double radius = b.u[2 * i] < 0.5 ? 1 : c->factor, *z = b.normal + 2 * i;
            rows[2 * i] = c->scale * (radius * b.cosine[i] + c->noise * z[0]);
            rows[2 * i + 1] = c->scale * (radius * b.sine[i] + c->noise * z[1]);
        }
    }
}

/* log of e^-z I_0(z), I_0 the modified Bessel function: for z < 100 by the trapezoidal rule
 * on 1/(2 pi) int e^(z (cos t - 1)) dt, whose error is about e^-z I_96(z); beyond by the
 * series in 1/(8 z), Abramowitz and Stegun 9.7.1, whose last term here is below 1e-15. */
static double log_bessel(double z)
{
    double sum = 0, term = 1;
    if (z < 100) {
        for (int i = 0; i < 96; i++)
            sum += exp(z * (cos(2 * pi * i / 96) - 1)) / 96;
        return log(sum);
    }
    for (int k = 1; k <= 10; k++) {
        sum += term;
        term *= (2.0 * k - 1) * (2.0 * k - 1) / (8 * k * z);
    }
    return log(sum) - log(2 * pi * z) / 2;
}

/* log of 1/(2 pi) int N(x; radius (cos t, sin t), s^2 I) dt, at the distance r from the
 * origin: exp(-(r - radius)^2 / (2 s^2)) e^-z I_0(z) / (2 pi s^2), z = r radius / s^2. */
static double log_circle(double r, double radius, double s)
{
    const double z = (r - radius) / s;
    return log_bessel(r / s * (radius / s)) - z * z / 2 - log(2 * pi * s * s);
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    (void)options;
    const struct circles *c = d->state;
    for (size_t i = 0; i < n; i++) {
        const double r = hypot(x[2 * i], x[2 * i + 1]) / c->scale;
        const double a = log_circle(r, 1, c->noise), b = log_circle(r, c->factor, c->noise);
        log_p[i] = c->noise > 0 ? fm_log_add(a, b) - log(2 * c->scale * c->scale)
                                : (double)NAN; /* all rows lie on two curves */
    }
}

/* I_1(z) / I_0(z), by the same integrals and series (Abramowitz and Stegun 9.7.1). */
static double bessel_ratio(double z)
{
    double zeroth = 0, first = 0, term0 = 1, term1 = 1;
    if (z < 100) {
        for (int i = 0; i < 96; i++) {
            const double c = cos(2 * pi * i / 96), e = exp(z * (c - 1));
            zeroth += e;
            first += c * e;
        }
        return first / zeroth;
    }
    for (int k = 1; k <= 10; k++) {
        const double odd = (2.0 * k - 1) * (2.0 * k - 1);
        zeroth += term0;
        first += term1;
        term0 *= odd / (8 * k * z);
        term1 *= (odd - 4) / (8 * k * z);
    }
    return first / zeroth;
}

/* Each circle contributes (radius I_1 / I_0 - r) / s^2 along r, weighted by its share of p. */
static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)options;
    const struct circles *c = d->state;
    const double radii[] = {1, c->factor}, s = c->noise;
    for (size_t i = 0; i < n; i++) {
        const double r = hypot(x[2 * i], x[2 * i + 1]) / c->scale;
        const double a = log_circle(r, radii[0], s), b = log_circle(r, radii[1], s);
        const double share[] = {1 / (1 + exp(b - a)), 1 / (1 + exp(a - b))};
        double along = 0;
        for (int k = 0; k < 2; k++)
            along +=
                share[k] * (radii[k] * bessel_ratio(r / s * (radii[k] / s)) - r) / (s * s);
        for (size_t j = 0; j < 2; j++)
            to[2 * i + j] =
                s > 0 ? along * (r > 0 ? x[2 * i + j] / (r * c->scale) : 0) / c->scale
                      : (double)NAN;
    }
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct circles *c = d->state;
    const double reach = c->scale * (1 + 9 * c->noise);
    const double low[2] = {-reach, -reach}, high[2] = {reach, reach};
    return c->noise > 0
               ? fm_plane_entropy(options, d, log_density, low, high, c->scale * c->noise)
               : (double)NAN;
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_circles,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy,
                                          .draw_labels = fm_plane_draw_labels};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "circles",
    .version = 1,
    .summary = "two circles in the plane",
    .source = "scikit-learn's make_circles; profiles: De Bortoli et al. 2021, "
              "arXiv:2106.01357; Grathwohl et al. 2019, arXiv:1810.01367",
    .options = options_table,
    .options_size = sizeof(struct circles_options),
    .dataset = &ops,
};
