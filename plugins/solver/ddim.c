/* Denoising diffusion implicit models, for any affine path.
 *
 * From t to t' with x1, x0 as expected at (x, t):
 *     x' = alpha' x1 + sqrt(sigma'^2 - s^2) x0 + s z,
 * which has the mean and variance of p_t' given x1, whatever s <= sigma'.  s = eta times the
 * standard deviation of x_t' given x_t and x1: with r = (alpha sigma') / (alpha' sigma),
 *     s = eta sigma' sqrt(1 - r^2),
 * so that eta = 1 is ancestral sampling.  On a variance-preserving path this is the paper's
 * s = eta sqrt((1 - a') / (1 - a)) sqrt(1 - a / a'), a = alpha^2. */
#include <fmrun/diffusion.h>
#include <fmrun/plugin.h>

struct options {
    double eta;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"eta", FM_REAL, offsetof(struct options, eta), "0", .minimum = 0, .maximum = 1,
     .help = "share of fresh noise: 0 none, an ODE solver; 1 ancestral sampling as ddpm"},
    {0}};
/* clang-format on */

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err)
{
    const struct options *o = options;
    (void)services, (void)err;
    if (o->eta > 0) {
        scheme->needs |= FM_NEEDS_SCORE;
        scheme->is_stochastic = true;
    }
    return FM_OK;
}

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    const struct options *o = options;
    double *v = s->state, x_weight, v_weight, fresh = 0, kept;
    struct fm_path_point begin, end;
    if (o->eta > 0)
        FM_TRY(fm_step_forward_only(s, err));
    FM_TRY(fm_step_begin(s, v, &begin, &end, err));
    kept = end.sigma;
    if (o->eta > 0) {
        const double r = begin.alpha * end.sigma / (end.alpha * begin.sigma);
        const double share = o->eta * o->eta * fmax(0, (1 - r) * (1 + r));
        fresh = end.sigma * sqrt(share);
        kept = end.sigma * sqrt(1 - share);
    }
    fm_predict_weights(&begin, end.alpha, kept, &x_weight, &v_weight);
    fm_step_take(s, x_weight, v_weight, v, fresh);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops,
    .scheme = {.order = 1, .n_state = 1, .needs = FM_NEEDS_AFFINE_PATH},
    .prepare = prepare,
    .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "ddim",
    .version = 1,
    .summary = "DDIM for affine paths, order 1, 1 evaluation a step; eta > 0: stochastic",
    .source = "Song, Meng, Ermon 2021, arXiv:2010.02502, eq. 12 and 16",
    .options = options_table,
    .options_size = sizeof(struct options),
    .solver = &ops,
};
