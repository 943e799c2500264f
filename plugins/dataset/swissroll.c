/* A spiral of one and a half turns: with t uniform in (3 pi / 2, 9 pi / 2),
 *   (t cos t, t sin t),
 * then normal noise on each coordinate, then the plane is scaled and shifted.  These are the
 * first and the third coordinate of scikit-learn's make_swiss_roll, which draws t in the same
 * way.  The profiles:
 *   plain   noise as the option says
 *   dsb     noise .1, standardised by the mean and sd over both coordinates taken together,
 *           times 7 (De Bortoli et al. 2021, arXiv:2106.01357)
 *   ffjord  noise 1, divided by 5 (Grathwohl et al. 2019, arXiv:1810.01367, toy_data.py) */
#include <fmrun/curve.h>
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

enum profile { PLAIN, DSB, FFJORD };
static const char *const profile_names[] = {"plain", "dsb", "ffjord", NULL};
static const double pi = 3.14159265358979323846;

struct roll_options {
    int profile;
    struct fm_reals noise;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"profile", FM_CHOICE, offsetof(struct roll_options, profile), "plain",
     .choices = profile_names, .help = "whose constants: scale, shift and noise"},
    {"noise", FM_REALS, offsetof(struct roll_options, noise), "",
     .minimum = 0, .maximum = 1e6,
     .help = "standard deviation of the noise of profile plain; none: 0.1"},
    {0}};
/* clang-format on */

/* x = scale (spiral + noise - centre) */
struct roll {
    double noise, scale, centre;
};

/* E t cos t = 2, E t sin t = 2 / (3 pi), E t^2 = 9.75 pi^2. */
static struct roll dsb(void)
{
    const double noise = 0.1, mean = 1 + 1 / (3 * pi);
    const double variance = 4.875 * pi * pi + noise * noise - mean * mean;
    return (struct roll){.noise = noise, .scale = 7 / sqrt(variance), .centre = mean};
}

static enum fm_status open_roll(const void *options, const struct fm_services *services,
                                struct fm_dataset *d, struct fm_error *err)
{
    const struct roll_options *o = options;
    if (o->profile != PLAIN && o->noise.n != 0)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset swissroll: profile %s fixes the noise; noise belongs to "
                       "profile plain",
                       profile_names[o->profile]);
    if (o->noise.n > 1)
        return fm_fail(err, FM_ERROR_CONFIG, "dataset swissroll: noise must be one number");
    if (d->dim != 0 && d->dim != 2)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset swissroll: has 2 coordinates, %zu are wanted", d->dim);
    struct roll *r = services->allocate(services, 1, sizeof *r);
    if (!r)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    if (o->profile == DSB)
        *r = dsb();
    else if (o->profile == FFJORD)
        *r = (struct roll){.noise = 1, .scale = 0.2};
    else
        *r = (struct roll){.noise = o->noise.n ? o->noise.values[0] : 0.1, .scale = 1};
    *d = (struct fm_dataset){.dim = 2, .state = r};
    return FM_OK;
}

/* The first block of a row's sequence gives t, the second the noise. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    enum { ROWS = 64 };
    (void)options;
    const struct roll *r = d->state;
    double u[ROWS], turns[ROWS], cosine[ROWS], sine[ROWS], noise[2 * ROWS];
    for (size_t first = 0; first < n; first += ROWS) {
        size_t n_rows = n - first < ROWS ? n - first : ROWS;
        double *rows = x + 2 * first;
        d->services->uniforms(stream, 0, first_row + first, n_rows, 1, u);
        for (size_t i = 0; i < n_rows; i++)
            turns[i] = 0.75 + 1.5 * u[i];
        d->services->circle(n_rows, turns, cosine, sine);
        d->services->normals(stream, 1, first_row + first, n_rows, 2, noise);
        for (size_t i = 0; i < n_rows; i++) {
            double t = 2 * pi * turns[i];
            rows[2 * i] = r->scale * (t * cosine[i] + r->noise * noise[2 * i] - r->centre);
            rows[2 * i + 1] =
                r->scale * (t * sine[i] + r->noise * noise[2 * i + 1] - r->centre);
        }
    }
}

static double look(const struct fm_curve *c, const double *x, double t, double *log_f)
{
    const double distance = hypot(x[0] - t * cos(t), x[1] - t * sin(t));
    const double z = distance / c->noise;
    *log_f = -z * z / 2;
    return distance;
}

static void slope(const struct fm_curve *c, const double *x, double t, double *gradient)
{
    const double variance = c->noise * c->noise;
    gradient[0] = (t * cos(t) - x[0]) / variance;
    gradient[1] = (t * sin(t) - x[1]) / variance;
}

static struct fm_log_mean integral(const struct roll *r, const double *x, bool with_slope)
{
    const double last = 4.5 * pi,
                 point[2] = {x[0] / r->scale + r->centre, x[1] / r->scale + r->centre};
    const struct fm_curve curve = {1.5 * pi, last, sqrt(1 + last * last),
                                   r->noise, look, with_slope ? slope : NULL};
    return fm_curve_integral(&curve, point);
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    (void)options;
    const struct roll *r = d->state;
    const double variance = r->noise * r->noise;
    for (size_t i = 0; i < n; i++) {
        if (r->noise > 0)
            log_p[i] = integral(r, x + 2 * i, false).log
                       - log(6 * pi * pi * variance * r->scale * r->scale);
        else
            log_p[i] = (double)NAN; /* all of it lies on a curve */
    }
}

static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)options;
    const struct roll *r = d->state;
    for (size_t i = 0; i < n; i++) {
        const struct fm_log_mean p = integral(r, x + 2 * i, true);
        for (size_t j = 0; j < 2; j++)
            to[2 * i + j] = r->noise > 0 ? p.mean[j] / r->scale : (double)NAN;
    }
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct roll *r = d->state;
    const double reach = 4.5 * pi + 9 * r->noise;
    const double from = r->scale * (-reach - r->centre),
                 to = r->scale * (reach - r->centre);
    const double low[2] = {from, from}, high[2] = {to, to};
    return r->noise > 0
               ? fm_plane_entropy(options, d, log_density, low, high, r->scale * r->noise)
               : (double)NAN;
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_roll,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "swissroll",
    .version = 1,
    .summary = "a spiral of one and a half turns in the plane",
    .source = "scikit-learn's make_swiss_roll; profiles: De Bortoli et al. 2021, "
              "arXiv:2106.01357; Grathwohl et al. 2019, arXiv:1810.01367",
    .options = options_table,
    .options_size = sizeof(struct roll_options),
    .dataset = &ops,
};
