/* Five bent arms: with f1 ~ N(1, .3^2), f2 ~ N(0, .1^2) and k one of 0, ..., 4, the point
 * (f1, f2) turned clockwise by the angle 2 pi k / 5 + e^f1 / 4, times a scale.  This is
 * pinwheel of FFJORD's toy_data.py (Grathwohl et al. 2019, arXiv:1810.01367, after Johnson
 * et al. 2016) with the arm drawn, where they give each arm equally many rows.  The
 * profiles are scales: ffjord 2, dsb 7.5 (De Bortoli et al. 2021, arXiv:2106.01357). */
#include <fmrun/curve.h>
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

enum { N_ARMS = 5 };
static const char *const profile_names[] = {"dsb", "ffjord", NULL};
static const double scales[] = {7.5, 2};
static const double pi = 3.14159265358979323846;
static const double radial = 0.3, tangential = 0.1, rate = 0.25;

struct pinwheel_options {
    int profile;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"profile", FM_CHOICE, offsetof(struct pinwheel_options, profile), "dsb",
     .choices = profile_names, .help = "whose scale: 7.5 or 2"},
    {0}};
/* clang-format on */

static enum fm_status open_pinwheel(const void *options, const struct fm_services *services,
                                    struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services;
    FM_TRY(fm_plane_check_dim("pinwheel", d, err));
    *d = (struct fm_dataset){.dim = 2, .n_labels = N_ARMS};
    return FM_OK;
}

/* The first block of a row's sequence gives k, the label, the second f1 and f2. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    const struct pinwheel_options *o = options;
    const double scale = scales[o->profile];
    struct fm_plane_block b;
    for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, 1);) {
        double *rows = x + 2 * b.first;
        fm_plane_normals(&b, 1);
        for (size_t i = 0; i < b.n; i++) {
            double *f = b.normal + 2 * i;
            f[0] = 1 + radial * f[0];
            f[1] *= tangential;
            b.turns[i] = floor(N_ARMS * b.u[i]) / N_ARMS + rate * exp(f[0]) / (2 * pi);
        }
        fm_plane_circle(&b);
        for (size_t i = 0; i < b.n; i++) {
            const double *f = b.normal + 2 * i;
            rows[2 * i] = scale * (f[0] * b.cosine[i] + f[1] * b.sine[i]);
            rows[2 * i + 1] = scale * (f[1] * b.cosine[i] - f[0] * b.sine[i]);
        }
    }
}

/* ---- density ----
 *
 * Turning keeps the distance r from the origin.  With (f1, -f2) = r (cos a, sin a), a in
 * (-pi, pi), the point stands at the angle -phi, where phi = g(a) + 2 pi k / 5 and
 * g(a) = a + e^(r cos a) / 4.  The map has the determinant
 * g'(a) = 1 - r sin a e^(r cos a) / 4, so p is the sum over all a with
 * g(a) = phi (mod 2 pi / 5) of N(f1) N(f2) / (5 |g'(a)|).  g' is 0 at no a, or at two in
 * (0, pi), between which g falls: there the density is unbounded, on a set that holds 1e-7
 * of the mass. */

/* Arms wind ever faster: beyond f1 = 7, which is 20 sd, g is cut off. */
static const double farthest = 7;

static double angle(double r, double a)
{
    return a + rate * exp(fmin(r * cos(a), farthest));
}

static double slope(double r, double a)
{
    return r * cos(a) > farthest ? 1 : 1 - rate * r * sin(a) * exp(r * cos(a));
}

/* The zero of f(r, .) - value between a and b, where it changes sign; by bisection. */
static double find(double (*f)(double r, double a), double r, double value, double a,
                   double b)
{
    const bool rises = f(r, a) < f(r, b);
    for (int i = 0; i < 64; i++) {
        double m = (a + b) / 2;
        if ((f(r, m) < value) == rises)
            a = m;
        else
            b = m;
    }
    return (a + b) / 2;
}

/* The gradient by x of the log of one arm's term, the one with f = r (cos a, -sin a) at x:
 * x is f turned clockwise by an angle that rises with f1 at the rate w = e^f1 / 4, so that
 * grad_x = R A^-T grad_f, A = ((1 + w f2, 0), (-w f1, 1)), and g' = det A. */
static void arm_slope(const double *x, double r, double a, double *gradient)
{
    const double f1 = r * cos(a), f2 = -r * sin(a), w = f1 > farthest ? 0 : rate * exp(f1),
                 turn = 1 + w * f2;
    const double c = (x[0] * f1 + x[1] * f2) / (r * r),
                 s = (x[0] * f2 - x[1] * f1) / (r * r);
    const double g1 = (1 - f1) / (radial * radial) - w * f2 / turn,
                 g2 = -f2 / (tangential * tangential) - w / turn;
    const double h1 = (g1 + w * f1 * g2) / turn;
    gradient[0] = c * h1 + s * g2;
    gradient[1] = c * g2 - s * h1;
}

/* Adds the terms of a in [from, to], where g is monotonic, for the point x. */
static void add_piece(struct fm_log_mean *p, const double *x, double from, double to)
{
    const double r = hypot(x[0], x[1]), phi = -atan2(x[1], x[0]);
    const double arm = 2 * pi / N_ARMS;
    const double g_from = angle(r, from), g_to = angle(r, to);
    const double low = ceil((fmin(g_from, g_to) - phi) / arm),
                 high = floor((fmax(g_from, g_to) - phi) / arm);
    for (double k = low; k <= high; k++) {
        double a = find(angle, r, phi + k * arm, from, to);
        double z1 = (r * cos(a) - 1) / radial, z2 = r * sin(a) / tangential;
        double gradient[2] = {0, 0};
        if (r > 0)
            arm_slope(x, r, a, gradient);
        fm_log_mean_add(p, -(z1 * z1 + z2 * z2) / 2 - log(fabs(slope(r, a))), gradient);
    }
}

/* p at x, and its score, before scaling. */
static struct fm_log_mean wheel(const double *x)
{
    const double r = hypot(x[0], x[1]);
    const double start = r > farthest ? acos(farthest / r) : 0;
    /* g' is least where (r sin a e^(r cos a))' = 0, which is r (1 - cos^2 a) = cos a */
    const double least = fmax(start, acos(2 * r / (1 + sqrt(1 + 4 * r * r))));
    struct fm_log_mean p = {-HUGE_VAL, {0, 0}};
    if (slope(r, least) >= 0) {
        add_piece(&p, x, -pi, pi);
        return p;
    }
    const double first = slope(r, start) > 0 ? find(slope, r, 0, start, least) : start,
                 second = find(slope, r, 0, least, pi);
    add_piece(&p, x, -pi, first);
    add_piece(&p, x, first, second);
    add_piece(&p, x, second, pi);
    return p;
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    (void)d;
    const struct pinwheel_options *o = options;
    const double scale = scales[o->profile];
    for (size_t i = 0; i < n; i++) {
        const double point[2] = {x[2 * i] / scale, x[2 * i + 1] / scale};
        log_p[i] =
            wheel(point).log - log(2 * pi * radial * tangential * N_ARMS * scale * scale);
    }
}

static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)d;
    const struct pinwheel_options *o = options;
    const double scale = scales[o->profile];
    for (size_t i = 0; i < n; i++) {
        const double point[2] = {x[2 * i] / scale, x[2 * i + 1] / scale};
        const struct fm_log_mean p = wheel(point);
        to[2 * i] = p.mean[0] / scale;
        to[2 * i + 1] = p.mean[1] / scale;
    }
}

/* Arms are bent, which makes them thinner than the tangential noise. */
static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct pinwheel_options *o = options;
    const double scale = scales[o->profile], reach = scale * 4;
    const double low[2] = {-reach, -reach}, high[2] = {reach, reach};
    return fm_plane_entropy(options, d, log_density, low, high, scale * tangential / 2);
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_pinwheel,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy,
                                          .draw_labels = fm_plane_draw_labels};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "pinwheel",
    .version = 1,
    .summary = "five bent arms in the plane",
    .source =
        "Grathwohl et al. 2019, arXiv:1810.01367, toy_data.py; profile dsb: De Bortoli "
        "et al. 2021, arXiv:2106.01357",
    .options = options_table,
    .options_size = sizeof(struct pinwheel_options),
    .dataset = &ops,
};
