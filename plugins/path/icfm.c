/* Straight lines with noise of constant sd: x_t ~ N(t x1 + (1 - t) x0, sigma^2 I),
 * u_t = x1 - x0.
 *
 * The noise is there at both ends, too: p_0 and p_1 are source and data convolved with
 * N(0, sigma^2 I).  Sampling starts from the source itself, without that noise, and ends with
 * samples of the convolved data, as published; both errors vanish with sigma. */
#include <fmrun/plugin.h>

struct icfm {
    double sigma;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"sigma", FM_REAL, offsetof(struct icfm, sigma), "0.1",
     .minimum = 0, .maximum = 1e6, .help = "standard deviation of the noise; 0: path linear"},
    {0}};
/* clang-format on */

static void draw(const void *options, size_t dim, double t, const double *x0,
                 const double *x1, struct fm_rng *r, double *xt, double *ut)
{
    const double sigma = ((const struct icfm *)options)->sigma;
    for (size_t j = 0; j < dim; j++) {
        xt[j] = t * x1[j] + (1 - t) * x0[j] + sigma * fm_rng_normal(r);
        ut[j] = x1[j] - x0[j];
    }
}

static void bridge(const void *options, size_t n, const double *t,
                   struct fm_path_bridge *points)
{
    const double sigma = ((const struct icfm *)options)->sigma;
    for (size_t i = 0; i < n; i++)
        points[i] = (struct fm_path_bridge){
            .mean = {.alpha = t[i], .sigma = 1 - t[i], .d_alpha = 1, .d_sigma = -1},
            .variance = sigma * sigma};
}

static const struct fm_path_ops ops = {.size = sizeof ops, .draw = draw, .bridge = bridge};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "icfm",
    .version = 1,
    .summary = "straight lines with noise of constant sd around them",
    .source = "Tong et al. 2024, arXiv:2302.00482, eq. 14 and 15",
    .options = options_table,
    .options_size = sizeof(struct icfm),
    .path = &ops,
};
