/* A spiral of one and a half turns: with t uniform in (3 pi / 2, 9 pi / 2),
 *   (t cos t, t sin t),
 * then normal noise on each coordinate, then the plane is scaled and shifted.  These are
 * the first and the third coordinate of scikit-learn's make_swiss_roll, which draws t in
 * the same way.  The profiles:
 *   plain   noise as the option says
 *   dsb     noise .1, standardised by the mean and sd over both coordinates taken together,
 *           times 7 (De Bortoli et al. 2021, arXiv:2106.01357)
 *   ffjord  noise 1, divided by 5 (Grathwohl et al. 2019, arXiv:1810.01367, toy_data.py) */
#include <fmrun/curve.h>
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

enum { PLAIN, DSB, FFJORD };
static const char *const profile_names[] = {"plain", "dsb", "ffjord", NULL};
static const double pi = 3.14159265358979323846;

struct roll_options {
    int profile;
    struct fm_reals noise;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"profile", FM_CHOICE, offsetof(struct roll_options, profile), "plain",
     .choices = profile_names, .help = "whose scale, shift and noise"},
    {"noise", FM_REALS, offsetof(struct roll_options, noise), "",
     .minimum = 0, .maximum = 1e6,
     .help = "standard deviation of the noise of profile plain; none: 0.1"},
    {0}};
/* clang-format on */

static void place(double t, double *point)
{
    point[0] = t * cos(t);
    point[1] = t * sin(t);
}

static double evaluate(const struct fm_curve *c, const double *x, double t, double *log_f)
{
    return fm_noisy_curve_evaluate(c, x, t, place, log_f);
}

static void slope(const struct fm_curve *c, const double *x, double t, double *gradient)
{
    fm_noisy_curve_slope(c, x, t, place, gradient);
}

/* x = scale (spiral + noise - centre) */
struct profile {
    double noise, scale, centre;
};

/* E t cos t = 2, E t sin t = 2 / (3 pi), E t^2 = 9.75 pi^2. */
static struct profile dsb(void)
{
    const double noise = 0.1, mean = 1 + 1 / (3 * pi);
    const double variance = 4.875 * pi * pi + noise * noise - mean * mean;
    return (struct profile){.noise = noise, .scale = 7 / sqrt(variance), .centre = mean};
}

static struct profile profile_of(const struct roll_options *o)
{
    if (o->profile == DSB)
        return dsb();
    if (o->profile == FFJORD)
        return (struct profile){.noise = 1, .scale = 0.2};
    return (struct profile){.noise = o->noise.n ? o->noise.values[0] : 0.1, .scale = 1};
}

static enum fm_status open_roll(const void *options, const struct fm_services *services,
                                struct fm_dataset *d, struct fm_error *err)
{
    const struct roll_options *o = options;
    FM_TRY(fm_plane_check_noise("swissroll",
                                o->profile == PLAIN ? NULL : profile_names[o->profile],
                                &o->noise, err));
    FM_TRY(fm_plane_check_dim("swissroll", d, err));
    struct fm_noisy_curve *c = services->allocate(services, 1, sizeof *c);
    if (!c)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    const struct profile p = profile_of(o);
    const double last = 4.5 * pi, variance = p.noise * p.noise;
    *c = (struct fm_noisy_curve){
        .curve = {1.5 * pi, last, sqrt(1 + last * last), p.noise, evaluate, slope},
        .scale = p.scale,
        .centre = p.centre,
        .log_volume = log(6 * pi * pi * variance * p.scale * p.scale)};
    *d = (struct fm_dataset){.dim = 2, .state = c};
    return FM_OK;
}

/* The first block of a row's sequence gives t, the second the noise. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)options;
    const struct fm_noisy_curve *c = d->state;
    struct fm_plane_block b;
    for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, 1);) {
        double *rows = x + 2 * b.first;
        for (size_t i = 0; i < b.n; i++)
            b.turns[i] = 0.75 + 1.5 * b.u[i];
        fm_plane_circle(&b);
        fm_plane_normals(&b, 1);
        for (size_t i = 0; i < b.n; i++) {
            const double t = 2 * pi * b.turns[i], noise = c->curve.noise;
            rows[2 * i] =
                c->scale * (t * b.cosine[i] + noise * b.normal[2 * i] - c->centre);
            rows[2 * i + 1] =
                c->scale * (t * b.sine[i] + noise * b.normal[2 * i + 1] - c->centre);
        }
    }
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct fm_noisy_curve *c = d->state;
    const double reach = 4.5 * pi + 9 * c->curve.noise;
    const double from = c->scale * (-reach - c->centre),
                 to = c->scale * (reach - c->centre);
    const double low[2] = {from, from}, high[2] = {to, to};
    return c->curve.noise > 0 ? fm_plane_entropy(options, d, fm_noisy_curve_log_density,
                                                 low, high, c->scale * c->curve.noise)
                              : (double)NAN;
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_roll,
                                          .draw = draw,
                                          .log_density = fm_noisy_curve_log_density,
                                          .score = fm_noisy_curve_score,
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
