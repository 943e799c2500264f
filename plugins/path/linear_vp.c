/* x_t = t x1 + sqrt(1 - t^2) x0: variance preserving, linear in the data.
 *
 * sigma' = -t / sigma is infinite at t = 1.  There the coefficients are those of the last double
 * below 1, with sigma = 1.5e-8: all are finite, and sigma sigma' = -t, on which alone the
 * marginal velocity depends, is right.  Everywhere else they are exact, so training, whose t is
 * below 1, is unbiased.  But E |u_t|^2 grows as log 1/(1 - t), so losses have heavy tails. */
#include <fmrun/plugin.h>
#include <math.h>

static void coefficients(const void *options, size_t n, const double *t,
                         struct fm_path_point *points)
{
    (void)options;
    const double last = nextafter(1, 0);
    for (size_t i = 0; i < n; i++) {
        const double at = t[i] < last ? t[i] : last, sigma = sqrt((1 - at) * (1 + at));
        points[i] = (struct fm_path_point){
            .alpha = t[i], .sigma = sigma, .d_alpha = 1, .d_sigma = -at / sigma};
    }
}

static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "linear_vp",
    .version = 1,
    .summary = "variance preserving with alpha = t; sigma' is infinite at t = 1",
    .source = "Lipman et al. 2024, arXiv:2412.06264, sec. 4.8 (linear variance preserving)",
    .path = &ops,
};
