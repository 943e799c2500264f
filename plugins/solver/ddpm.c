/* Ancestral sampling of denoising diffusion models, for any affine path.
 *
 * The paper's forward process, from the later time t' back to the noisier t, is
 *     x_t given x_t' = N(a x_t', w),  a = alpha / alpha',  w = sigma^2 - a^2 sigma'^2
 * (a variance-preserving path has w = beta).  A step draws x_t' given x_t and x1:
 *     mean      a sigma'^2 / sigma^2 x + alpha' w / sigma^2 x1         (paper: eq. 7)
 *               = alpha' x1 + r sigma' x0,  r = a sigma' / sigma
 *     variance  w sigma'^2 / sigma^2 = sigma'^2 (1 - r^2)              "small": eq. 7
 *               w (alpha'^2 + sigma'^2) / (alpha^2 + sigma^2)          "large"
 * with the expected x1, x0 at (x, t).  These are the two extremes of sec. 3.2: "small" is right
 * when the data are one point, "large" when they are N(0, I); on a variance-preserving path
 * "large" is beta.  As in the paper, the last step to the data adds no noise. */
#include <fmrun/diffusion.h>
#include <fmrun/plugin.h>

enum variance { SMALL, LARGE };

struct options {
    int variance;
};

static const char *const variances[] = {"small", "large", NULL};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"variance", FM_CHOICE, offsetof(struct options, variance), "small", .choices = variances,
     .help = "variance of a step's noise: small is right for one data point, large for N(0, I)"},
    {0}};
/* clang-format on */

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    const struct options *o = options;
    double *v = s->state, x_weight, v_weight, variance;
    struct fm_path_point begin, end;
    FM_TRY(fm_step_forward_only(s, err));
    FM_TRY(fm_step_begin(s, v, &begin, &end, err));
    const double r = begin.alpha * end.sigma / (end.alpha * begin.sigma);
    const double fresh = fmax(0, (1 - r) * (1 + r)); /* w / sigma^2 */
    if (o->variance == SMALL || end.sigma == 0)
        variance = end.sigma * end.sigma * fresh;
    else
        variance = begin.sigma * begin.sigma * fresh
                   * (end.alpha * end.alpha + end.sigma * end.sigma)
                   / (begin.alpha * begin.alpha + begin.sigma * begin.sigma);
    fm_predict_weights(&begin, end.alpha, r * end.sigma, &x_weight, &v_weight);
    fm_step_take(s, x_weight, v_weight, v, sqrt(variance));
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = FM_SDE_SCHEME, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "ddpm",
    .version = 1,
    .summary = "DDPM ancestral sampling for affine paths, stochastic, 1 evaluation a step",
    .source = "Ho, Jain, Abbeel 2020, arXiv:2006.11239, algorithm 2, eq. 6 and 7, sec. 3.2",
    .options = options_table,
    .options_size = sizeof(struct options),
    .solver = &ops,
};
