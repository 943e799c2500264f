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
     .choices = profile_names, .help = "whose scale and noise"},
    {"noise", FM_REALS, offsetof(struct scurve_options, noise), "",
     .minimum = 0, .maximum = 1e6,
     .help = "standard deviation of the noise of profile plain; none: 0.1"},
    {0}};
/* clang-format on */

static void place(double t, double *point)
{
    point[0] = sin(t);
    point[1] = (t < 0 ? -1 : 1) * (cos(t) - 1);
}

static double evaluate(const struct fm_curve *c, const double *x, double t, double *log_f)
{
    return fm_noisy_curve_evaluate(c, x, t, place, log_f);
}

static void slope(const struct fm_curve *c, const double *x, double t, double *gradient)
{
    fm_noisy_curve_slope(c, x, t, place, gradient);
}

static enum fm_status open_scurve(const void *options, const struct fm_services *services,
                                  struct fm_dataset *d, struct fm_error *err)
{
    const struct scurve_options *o = options;
    const bool is_plain = o->profile == PLAIN;
    FM_TRY(fm_plane_check_noise("scurve", is_plain ? NULL : profile_names[o->profile],
                                &o->noise, err));
    FM_TRY(fm_plane_check_dim("scurve", d, err));
    struct fm_noisy_curve *c = services->allocate(services, 1, sizeof *c);
    if (!c)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    const double noise = !is_plain    ? 0.05
                         : o->noise.n ? o->noise.values[0]
                                      : 0.1,
                 scale = is_plain ? 1 : 1.5;
    *c = (struct fm_noisy_curve){.curve = {-1.5 * pi, 1.5 * pi, 1, noise, evaluate, slope},
                                 .scale = scale,
                                 .log_volume =
                                     log(6 * pi * pi * noise * noise * scale * scale)};
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
            b.turns[i] = 1.5 * fabs(b.u[i] - 0.5);
        fm_plane_circle(&b);
        fm_plane_normals(&b, 1);
        for (size_t i = 0; i < b.n; i++) {
            const double sign = b.u[i] < 0.5 ? -1 : 1, noise = c->curve.noise;
            rows[2 * i] = c->scale * (sign * b.sine[i] + noise * b.normal[2 * i]);
            rows[2 * i + 1] =
                c->scale * (sign * (b.cosine[i] - 1) + noise * b.normal[2 * i + 1]);
        }
    }
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct fm_noisy_curve *c = d->state;
    const double noise = c->curve.noise;
    const double x = c->scale * (1 + 9 * noise), y = c->scale * (2 + 9 * noise);
    const double low[2] = {-x, -y}, high[2] = {x, y};
    return noise > 0 ? fm_plane_entropy(options, d, fm_noisy_curve_log_density, low, high,
                                        c->scale * noise)
                     : (double)NAN;
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_scurve,
                                          .draw = draw,
                                          .log_density = fm_noisy_curve_log_density,
                                          .score = fm_noisy_curve_score,
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
