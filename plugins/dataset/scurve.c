/* An S of two arcs, each three quarters of a unit circle: with t uniform in
 * (-3 pi / 2, 3 pi / 2),
 *   (sin t, sign(t) (cos t - 1)),
 * then normal noise on each coordinate, then a scale.  These are the first and the third
 * coordinate of scikit-learn's make_s_curve, which draws t in the same way.  The profiles:
 *   plain     noise as the option says
 *   tong2023  noise .05, times 1.5 (Tong et al. 2023, arXiv:2302.00482, their 2-D runner) */
#include <fmrun/curve.h>
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

enum profile { PLAIN, TONG2023 };
static const char *const profile_names[] = {"plain", "tong2023", NULL};
static const double pi = 3.14159265358979323846;

struct scurve_options {
    int profile;
    struct fm_reals noise;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"profile", FM_CHOICE, offsetof(struct scurve_options, profile), "plain",
     .choices = profile_names, .help = "whose constants: scale and noise"},
    {"noise", FM_REALS, offsetof(struct scurve_options, noise), "",
     .minimum = 0, .maximum = 1e6,
     .help = "standard deviation of the noise of profile plain; none: 0.1"},
    {0}};
/* clang-format on */

struct scurve {
    double noise, scale;
};

static enum fm_status open_scurve(const void *options, const struct fm_services *services,
                                  struct fm_dataset *d, struct fm_error *err)
{
    const struct scurve_options *o = options;
    if (o->profile != PLAIN && o->noise.n != 0)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset scurve: profile %s fixes the noise; noise belongs to "
                       "profile plain",
                       profile_names[o->profile]);
    if (o->noise.n > 1)
        return fm_fail(err, FM_ERROR_CONFIG, "dataset scurve: noise must be one number");
    if (d->dim != 0 && d->dim != 2)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset scurve: has 2 coordinates, %zu are wanted", d->dim);
    struct scurve *s = services->allocate(services, 1, sizeof *s);
    if (!s)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    if (o->profile == TONG2023)
        *s = (struct scurve){.noise = 0.05, .scale = 1.5};
    else
        *s = (struct scurve){.noise = o->noise.n ? o->noise.values[0] : 0.1, .scale = 1};
    *d = (struct fm_dataset){.dim = 2, .state = s};
    return FM_OK;
}

/* The first block of a row's sequence gives t, the second the noise. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    enum { ROWS = 64 };
    (void)options;
    const struct scurve *s = d->state;
    double u[ROWS], turns[ROWS], cosine[ROWS], sine[ROWS], noise[2 * ROWS];
    for (size_t first = 0; first < n; first += ROWS) {
        size_t n_rows = n - first < ROWS ? n - first : ROWS;
        double *rows = x + 2 * first;
        d->services->uniforms(stream, 0, first_row + first, n_rows, 1, u);
        for (size_t i = 0; i < n_rows; i++)
            turns[i] = 1.5 * fabs(u[i] - 0.5);
        d->services->circle(n_rows, turns, cosine, sine);
        d->services->normals(stream, 1, first_row + first, n_rows, 2, noise);
        for (size_t i = 0; i < n_rows; i++) {
            double sign = u[i] < 0.5 ? -1 : 1;
            rows[2 * i] = s->scale * (sign * sine[i] + s->noise * noise[2 * i]);
            rows[2 * i + 1] =
                s->scale * (sign * (cosine[i] - 1) + s->noise * noise[2 * i + 1]);
        }
    }
}

static double look(const struct fm_curve *c, const double *x, double t, double *log_f)
{
    const double sign = t < 0 ? -1 : 1;
    const double distance = hypot(x[0] - sin(t), x[1] - sign * (cos(t) - 1));
    const double z = distance / c->noise;
    *log_f = -z * z / 2;
    return distance;
}

static void slope(const struct fm_curve *c, const double *x, double t, double *gradient)
{
    const double sign = t < 0 ? -1 : 1, variance = c->noise * c->noise;
    gradient[0] = (sin(t) - x[0]) / variance;
    gradient[1] = (sign * (cos(t) - 1) - x[1]) / variance;
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    (void)options;
    const struct scurve *s = d->state;
    const struct fm_curve curve = {-1.5 * pi, 1.5 * pi, 1, s->noise, look, NULL};
    for (size_t i = 0; i < n; i++) {
        const double point[2] = {x[2 * i] / s->scale, x[2 * i + 1] / s->scale};
        if (s->noise > 0)
            log_p[i] = fm_curve_integral(&curve, point).log
                       - log(6 * pi * pi * s->noise * s->noise * s->scale * s->scale);
        else
            log_p[i] = (double)NAN; /* all of it lies on a curve */
    }
}

static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)options;
    const struct scurve *s = d->state;
    const struct fm_curve curve = {-1.5 * pi, 1.5 * pi, 1, s->noise, look, slope};
    for (size_t i = 0; i < n; i++) {
        const double point[2] = {x[2 * i] / s->scale, x[2 * i + 1] / s->scale};
        const struct fm_log_mean p = fm_curve_integral(&curve, point);
        for (size_t j = 0; j < 2; j++)
            to[2 * i + j] = s->noise > 0 ? p.mean[j] / s->scale : (double)NAN;
    }
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct scurve *s = d->state;
    const double x = s->scale * (1 + 9 * s->noise), y = s->scale * (2 + 9 * s->noise);
    const double low[2] = {-x, -y}, high[2] = {x, y};
    return s->noise > 0
               ? fm_plane_entropy(options, d, log_density, low, high, s->scale * s->noise)
               : (double)NAN;
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_scurve,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "scurve",
    .version = 1,
    .summary = "an S of two arcs in the plane",
    .source = "scikit-learn's make_s_curve; profile: Tong et al. 2023, arXiv:2302.00482",
    .options = options_table,
    .options_size = sizeof(struct scurve_options),
    .dataset = &ops,
};
