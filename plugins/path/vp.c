/* The diffusion of Ho et al. and Song et al., in our direction: alpha = exp(-T / 2),
 * sigma = sqrt(1 - exp(-T)), T(t) = int_t^1 beta(1 - s) ds for the rate
 * beta(s) = beta_min + s (beta_max - beta_min), s = 1 - t; sigma sigma' = T' exp(-T) / 2.
 *
 * t = 0: alpha(0) = exp(-(beta_min + beta_max) / 4) is 0.0066 by default, not 0, and `ends` says
 * so.  Sampling starts from noise alone all the same, as everywhere in the literature.
 *
 * t = 1: sigma' is infinite, as for linear_vp.  The coefficients there are those of the last
 * double below 1, with sigma sigma' right.  At all other t they are exact, so training is
 * unbiased; losses have heavy tails, as E |u_t|^2 grows as log 1/(1 - t). */
#include <fmrun/plugin.h>
#include <math.h>

struct vp {
    double beta_min, beta_max;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"beta_min", FM_REAL, offsetof(struct vp, beta_min), "0.1",
     .minimum = 1e-3, .maximum = 1000, .help = "rate of noise at t = 1, the data"},
    {"beta_max", FM_REAL, offsetof(struct vp, beta_max), "20",
     .minimum = 1e-3, .maximum = 1000, .help = "rate of noise at t = 0, the source"},
    {0}};
/* clang-format on */

static struct fm_path_point at(const struct vp *o, double t)
{
    const double s = 1 - t, slope = o->beta_max - o->beta_min;
    const double total = s * (o->beta_min + s * slope / 2),
                 rate = -(o->beta_min + s * slope); /* T and T' */
    struct fm_path_point p = {.alpha = exp(-total / 2), .sigma = sqrt(-expm1(-total))};
    p.d_alpha = -rate / 2 * p.alpha;
    p.d_sigma = rate / 2 * p.alpha * p.alpha / p.sigma;
    return p;
}

static void coefficients(const void *options, size_t n, const double *t,
                         struct fm_path_point *points)
{
    const double last = nextafter(1, 0);
    for (size_t i = 0; i < n; i++)
        points[i] = at(options, t[i] < last ? t[i] : last);
}

static void ends(const void *options, struct fm_path_point points[2])
{
    const struct vp *o = options;
    const double alpha = exp(-(o->beta_min + o->beta_max) / 4);
    points[0] = (struct fm_path_point){.alpha = alpha, .sigma = sqrt(1 - alpha * alpha)};
    points[1] = (struct fm_path_point){.alpha = 1, .sigma = 0};
}

static const struct fm_path_ops ops = {
    .size = sizeof ops, .coefficients = coefficients, .ends = ends};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "vp",
    .version = 1,
    .summary = "variance preserving diffusion with a linear rate of noise (DDPM)",
    .source = "Song et al. 2021, arXiv:2011.13456, app. C (beta 0.1 to 20); Lipman et al. "
              "2023, arXiv:2210.02747, eq. 18 and 19",
    .options = options_table,
    .options_size = sizeof(struct vp),
    .path = &ops,
};
