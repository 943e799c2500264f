/* Two interleaving half circles.
 *
 * With theta uniform in (0, pi), each moon equally likely,
 *   outer (cos theta, sin theta),  inner (1 - cos theta, 1/2 - sin theta),
 * then noise is added and the plane is scaled and shifted: x = scale * (moon + noise) +
 * shift. This is scikit-learn's make_moons with theta drawn instead of laid on a grid, so
 * that rows are independent.  The profiles are what different papers' code calls "moons":
 *   plain     noise N(0, noise^2) on each coordinate, nothing else
 *   tong2023  noise .05, times 2, then first coordinate - 1 (Tong et al. 2023,
 *             arXiv:2302.00482, their 2-D runner)
 *   dsb       noise .1, standardised by the mean and sd over both coordinates taken
 *             together, times 7 (De Bortoli et al. 2021, arXiv:2106.01357)
 *   torchcfm  one number uniform in [0, .2) added to both coordinates, times 3, then - 1
 *             (TorchCFM's sample_moons over torchdyn's generate_moons) */
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

enum profile { PLAIN, TONG2023, DSB, TORCHCFM };
static const char *const profile_names[] = {"plain", "tong2023", "dsb", "torchcfm", NULL};
static const double pi = 3.14159265358979323846;

struct moons_options {
    int profile;
    struct fm_reals noise;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"profile", FM_CHOICE, offsetof(struct moons_options, profile), "plain",
     .choices = profile_names, .help = "whose scale, shift and noise"},
    {"noise", FM_REALS, offsetof(struct moons_options, noise), "",
     .minimum = 0, .maximum = 1e6,
     .help = "standard deviation of the noise of profile plain; none: 0.1"},
    {0}};
/* clang-format on */

enum { N_NODES = 40 };

/* x = scale (moon + noise) + shift */
struct moons {
    double noise, scale, shift[2];
    bool is_noise_shared; /* one number, uniform in [0, noise), for both coordinates */
    double node[N_NODES], weight[N_NODES]; /* of Gauss and Legendre's rule on [0, 1] */
};

/* Both coordinates of make_moons taken together: mean 3/8 (E x = 1/2, E y = 1/4), and
 * second moment (1 + (9/4 - 2/pi)) / 4: |outer|^2 = 1, E |inner|^2 = 9/4 - 2/pi. */
static struct moons dsb(void)
{
    double noise = 0.1, mean = 3.0 / 8;
    double variance = (1 + (9.0 / 4 - 2 / pi)) / 4 - mean * mean + noise * noise;
    double scale = 7 / sqrt(variance);
    return (struct moons){
        .noise = noise, .scale = scale, .shift = {-mean * scale, -mean * scale}};
}

/* The zeros of the Legendre polynomial P_n by Newton's method, and the weights
 * 2 / ((1 - z^2) P_n'(z)^2), from [-1, 1] to [0, 1]. */
static void fill_rule(struct moons *m)
{
    for (size_t i = 0; i < N_NODES; i++) {
        double z = cos(pi * ((double)i + 0.75) / (N_NODES + 0.5)), slope = 0;
        for (size_t round = 0; round < 10; round++) {
            double p = 1, before = 0;
            for (size_t k = 1; k <= N_NODES; k++) {
                double next =
                    ((2 * (double)k - 1) * z * p - ((double)k - 1) * before) / (double)k;
                before = p;
                p = next;
            }
            slope = N_NODES * (z * p - before) / (z * z - 1);
            z -= p / slope;
        }
        m->node[i] = (1 - z) / 2;
        m->weight[i] = 1 / ((1 - z * z) * slope * slope);
    }
}

static enum fm_status open_moons(const void *options, const struct fm_services *services,
                                 struct fm_dataset *d, struct fm_error *err)
{
    const struct moons_options *o = options;
    FM_TRY(fm_plane_check_noise(
        "moons", o->profile == PLAIN ? NULL : profile_names[o->profile], &o->noise, err));
    FM_TRY(fm_plane_check_dim("moons", d, err));
    struct moons *m = services->allocate(services, 1, sizeof *m);
    if (!m)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    switch ((enum profile)o->profile) {
    case PLAIN:
        *m = (struct moons){.noise = o->noise.n ? o->noise.values[0] : 0.1, .scale = 1};
        break;
    case TONG2023:
        *m = (struct moons){.noise = 0.05, .scale = 2, .shift = {-1, 0}};
        break;
    case DSB:
        *m = dsb();
        break;
    case TORCHCFM:
        *m = (struct moons){
            .noise = 0.2, .scale = 3, .shift = {-1, -1}, .is_noise_shared = true};
        break;
    }
    fill_rule(m);
    *d = (struct fm_dataset){.dim = 2, .state = m, .n_labels = 2};
    return FM_OK;
}

/* The first block of a row's sequence gives moon (label 0: outer, 1: inner) and angle, the
 * second the noise. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)options;
    const struct moons *m = d->state;
    struct fm_plane_block b;
    for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, 2);) {
        double *rows = x + 2 * b.first;
        for (size_t i = 0; i < b.n; i++)
            b.turns[i] = 0.5 * b.u[2 * i + 1];
        fm_plane_circle(&b);
        if (m->is_noise_shared)
            d->services->uniforms(stream, 1, first_row + b.first, b.n, 1, b.normal);
        else
            fm_plane_normals(&b, 1);
        for (size_t i = 0; i < b.n; i++) {
            bool is_inner = b.u[2 * i] >= 0.5;
            const double moon[2] = {is_inner ? 1 - b.cosine[i] : b.cosine[i],
                                    is_inner ? 0.5 - b.sine[i] : b.sine[i]};
            for (size_t j = 0; j < 2; j++) {
                const double noise = b.normal[m->is_noise_shared ? i : 2 * i + j];
                rows[2 * i + j] = m->scale * (moon[j] + m->noise * noise) + m->shift[j];
            }
        }
    }
}

/* ---- density with noise N(0, s^2) ----
 *
 * A moon is half a unit circle; at a point of polar coordinates (r, phi) about its centre,
 *
 *   p = 1/pi int_0^pi N(x; (cos theta, sin theta), s^2 I) d theta,
 *
 * the squared distance being (r - 1)^2 + 4 r sin^2((theta - phi) / 2).  Measured from the
 * direction phi, the half circle is two pieces on which the distance rises from the near
 * end: angles 0 to phi and 0 to pi - phi for a point on the moon's side, |phi| to pi and
 * pi - |phi| to pi on the other. */

/* Angles from the near end: the direction is start + sense * angle. */
struct piece {
    double from, to, start, sense;
};

/* log of int_from^to exp(-(distance^2) / (2 s^2)) d angle.  mean: NULL, or set to the mean
 * of (cos, sin) of the direction with that weight.  At an angle d beyond `from` the exponent
 * has fallen by 2 k sin(from + d/2) sin(d/2), k = r / s^2.  Up to a fall of 40 the rule has
 * errors below 1e-12 of the integral; what lies beyond is smaller. */
static double log_piece(const struct moons *m, double r, const struct piece *piece,
                        double *mean)
{
    const double from = piece->from, to = piece->to;
    const double deepest = 40, k = r / (m->noise * m->noise);
    const double near = sin(from / 2), z = (r - 1) / m->noise, w = 2 * near / m->noise;
    double length = to - from, sum = 0;
    if (k > 0) {
        double reach = 2 * asin(fmin(1, sqrt(near * near + deepest / (2 * k)))) - from;
        if (reach < 1e-6 * from) /* rounding loses the difference, but the fall is linear */
            reach = deepest / (k * sin(from));
        length = fmin(length, reach);
    }
    if (!(length > 0))
        return -HUGE_VAL;
    for (size_t i = 0; i < N_NODES; i++) {
        double d = length * m->node[i];
        sum += m->weight[i] * exp(-2 * k * sin(from + d / 2) * sin(d / 2));
    }
    for (size_t i = 0; mean && i < N_NODES; i++) {
        const double d = length * m->node[i],
                     angle = piece->start + piece->sense * (from + d);
        const double share =
            m->weight[i] * exp(-2 * k * sin(from + d / 2) * sin(d / 2)) / sum;
        mean[0] += share * cos(angle);
        mean[1] += share * sin(angle);
    }
    return log(length * sum) - z * z / 2 - r * (w * w / 2);
}

static double log_add(double a, double b)
{
    const double largest = fmax(a, b);
    return largest > -HUGE_VAL ? largest + log(exp(a - largest) + exp(b - largest))
                               : -HUGE_VAL;
}

/* log p of the upper half circle about the origin; score: [2], or NULL. */
static double log_half_circle(const struct moons *m, double x, double y, double *score)
{
    const double r = hypot(x, y), phi = atan2(fabs(y), x);
    const bool is_below = y < 0;
    const struct piece one = {is_below ? phi : 0, is_below ? pi : phi,
                              is_below ? -phi : phi, is_below ? 1 : -1},
                       other = {is_below ? pi - phi : 0, is_below ? pi : pi - phi,
                                is_below ? 2 * pi - phi : phi, is_below ? -1 : 1};
    double means[2][2] = {{0}};
    const double a = log_piece(m, r, &one, score ? means[0] : NULL),
                 b = log_piece(m, r, &other, score ? means[1] : NULL);
    const double both = log_add(a, b);
    for (size_t j = 0; score && j < 2; j++) { /* (E [place on the moon | x] - x) / s^2 */
        const double place = exp(a - both) * means[0][j] + exp(b - both) * means[1][j];
        score[j] = (place - (j ? y : x)) / (m->noise * m->noise);
    }
    return both - log(2 * pi * pi * m->noise * m->noise);
}

/* ---- density with one number e, uniform in [0, noise), added to both coordinates ----
 *
 * The map from (theta, e) to the plane has the determinant -(sin theta + cos theta).  At a
 * point (x, y) the shifted half circle passes at e = ((x + y) -+ sqrt(2 - (x - y)^2)) / 2,
 * where the determinant is +-sqrt(2 - (x - y)^2).  So p is 1/(pi noise) times the sum of
 * 1/sqrt(2 - (x - y)^2) over those e that are in [0, noise). */

/* sign: 1, or -1 where e is subtracted (the inner moon, turned over).  score: [2], or NULL. */
static double log_slid_half_circle(const struct moons *m, double x, double y, double sign,
                                   double *score)
{
    const double square = 2 - (x - y) * (x - y);
    double n = 0;
    if (!(square > 0))
        return -HUGE_VAL;
    if (score) {
        score[0] = (x - y) / square;
        score[1] = -score[0];
    }
    for (int i = -1; i <= 1; i += 2) {
        double e = (x + y + i * sqrt(square)) / 2;
        n += sign * e >= 0 && sign * e < m->noise && y - e >= 0;
    }
    return log(n) - log(pi * m->noise) - log(square) / 2;
}

/* log p at x, and its score unless that is NULL. */
static double log_moons(const struct moons *m, const double *x, double *score)
{
    const double u = (x[0] - m->shift[0]) / m->scale, v = (x[1] - m->shift[1]) / m->scale;
    double scores[2][2] = {{0}}, *first = score ? scores[0] : NULL,
           *second = score ? scores[1] : NULL;
    if (!(m->noise > 0)) /* all rows lie on two curves */
        return (double)NAN;
    const double outer = m->is_noise_shared ? log_slid_half_circle(m, u, v, 1, first)
                                            : log_half_circle(m, u, v, first);
    const double inner = m->is_noise_shared
                             ? log_slid_half_circle(m, 1 - u, 0.5 - v, -1, second)
                             : log_half_circle(m, 1 - u, 0.5 - v, second);
    const double both = log_add(outer, inner);
    for (size_t j = 0; score && j < 2; j++) /* the inner moon is turned over */
        score[j] = (exp(outer - both) * scores[0][j] - exp(inner - both) * scores[1][j])
                   / m->scale;
    return both - log(2 * m->scale * m->scale);
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        log_p[i] = log_moons(d->state, x + 2 * i, NULL);
}

static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)options;
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = to[2 * i + 1] = (double)NAN;
        (void)log_moons(d->state, x + 2 * i, to + 2 * i);
    }
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct moons *m = d->state;
    const double margin = 9 * m->noise;
    const double low[2] = {m->shift[0] + m->scale * (-1 - margin),
                           m->shift[1] + m->scale * (-0.5 - margin)},
                 high[2] = {m->shift[0] + m->scale * (2 + margin),
                            m->shift[1] + m->scale * (1 + margin)};
    if (m->is_noise_shared || !(m->noise > 0)) /* not smooth; or no density */
        return (double)NAN;
    return fm_plane_entropy(options, d, log_density, low, high, m->scale * m->noise);
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_moons,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy,
                                          .draw_labels = fm_plane_draw_labels};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "moons",
    .version = 2,
    .summary = "two interleaving half circles in the plane",
    .source = "scikit-learn's make_moons; profiles: Tong et al. 2023, arXiv:2302.00482; "
              "De Bortoli et al. 2021, arXiv:2106.01357; TorchCFM",
    .options = options_table,
    .options_size = sizeof(struct moons_options),
    .dataset = &ops,
};
