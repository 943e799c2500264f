/* A Brownian bridge: x_t ~ N(t x1 + (1 - t) x0, sigma^2 t (1 - t) I),
 *   u_t = x1 - x0 + (1 - 2t) / (2t (1 - t)) (x_t - its mean)
 *       = x1 - x0 + sigma (1 - 2t) / (2 sqrt(t (1 - t))) e,   e ~ N(0, I),
 * the Schroedinger bridge's marginals when the coupling is entropic optimal transport with
 * regularisation 2 sigma^2.
 *
 * u_t is infinite at both ends, where x_t = x0 or x1, though E[u_t | x_t] has limits.  So the
 * factor of e takes t from [1e-8, 1 - 1e-8], and is at most 5000 sigma.  Training draws t
 * outside with probability 2e-8; there E[u_t | x_t] lacks at most sigma^2 / 2 times the score,
 * too little to measure.  E u_t^2 of a coordinate would be infinite; with the cut it is
 * E (x1 - x0)^2 + 9 sigma^2, so losses have heavy tails. */
#include <fmrun/plugin.h>
#include <math.h>

struct sb {
    double sigma;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"sigma", FM_REAL, offsetof(struct sb, sigma), "1",
     .minimum = 0, .maximum = 1e6, .help = "diffusion of the bridge; 0: path linear"},
    {0}};
/* clang-format on */

static void draw(const void *options, size_t dim, double t, const double *x0,
                 const double *x1, struct fm_rng *r, double *xt, double *ut)
{
    const double sigma = ((const struct sb *)options)->sigma, end = 1e-8;
    const double inside = fmin(fmax(t, end), 1 - end);
    const double sd = sigma * sqrt(t * (1 - t)),
                 d_sd = sigma * (1 - 2 * inside) / (2 * sqrt(inside * (1 - inside)));
    for (size_t j = 0; j < dim; j++) {
        const double e = fm_rng_normal(r);
        xt[j] = t * x1[j] + (1 - t) * x0[j] + sd * e;
        ut[j] = x1[j] - x0[j] + d_sd * e;
    }
}

static void bridge(const void *options, size_t n, const double *t,
                   struct fm_path_bridge *points)
{
    const double sigma = ((const struct sb *)options)->sigma;
    for (size_t i = 0; i < n; i++)
        points[i] = (struct fm_path_bridge){
            .mean = {.alpha = t[i], .sigma = 1 - t[i], .d_alpha = 1, .d_sigma = -1},
            .variance = sigma * sigma * t[i] * (1 - t[i]),
            .d_variance = sigma * sigma * (1 - 2 * t[i])};
}

static const struct fm_path_ops ops = {.size = sizeof ops, .draw = draw, .bridge = bridge};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "sb",
    .version = 1,
    .summary = "Brownian bridges between the points of a pair",
    .source = "Tong et al. 2024, arXiv:2302.00482, eq. 20 and 21",
    .options = options_table,
    .options_size = sizeof(struct sb),
    .path = &ops,
};
