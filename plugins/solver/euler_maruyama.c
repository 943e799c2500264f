/* Euler-Maruyama for dx = [v + g^2 / 2 score] dt + g dW, whose marginals are those of the
 * flow, p_t, for every g.
 *
 * Where data are points, the score has a slope of about 1 / sigma^2.  Euler's step overshoots for
 * h g^2 > 2 sigma^2, and leaves noise of variance h g^2 instead of sigma'^2, sigma' being sigma
 * at its end.  So g^2 is at most sigma'^2 / h.  This does not bias the SDE, as every g keeps the
 * marginals.  The step to sigma' = 0 therefore adds no noise: it leads to alpha' times the
 * expected x1, which on the linear path is Euler's step. */
#include <fmrun/diffusion.h>
#include <fmrun/plugin.h>

enum diffusion { CONSTANT, SIGMA, SINE };

struct options {
    int diffusion;
    double strength;
};

static const char *const diffusions[] = {"constant", "sigma", "sine", NULL};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"diffusion", FM_CHOICE, offsetof(struct options, diffusion), "sigma",
     .choices = diffusions,
     .help = "g^2 / strength: 1, sigma(t) or sin^2(pi t)"},
    {"strength", FM_REAL, offsetof(struct options, strength), "1", .minimum = 0,
     .maximum = 1e6, .help = "factor of g^2, which is at most sigma(t + h)^2 / h; 0: Euler's method"},
    {0}};
/* clang-format on */

static double square_g(const struct options *o, const struct fm_step *s, double sigma,
                       double end_sigma)
{
    double g2 = 1;
    if (o->diffusion == SIGMA)
        g2 = sigma;
    else if (o->diffusion == SINE) {
        g2 = sin(3.14159265358979323846 * s->t);
        g2 *= g2;
    }
    return fmin(o->strength * g2, end_sigma * end_sigma / s->h);
}

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    const struct options *o = options;
    double *v = s->state, x_weight, v_weight;
    struct fm_path_point begin, end;
    FM_TRY(fm_step_forward_only(s, err));
    FM_TRY(fm_step_begin(s, v, &begin, &end, err));
    if (end.sigma == 0) {
        fm_predict_weights(&begin, end.alpha, 0, &x_weight, &v_weight);
        fm_step_take(s, x_weight, v_weight, v, 0);
        return FM_OK;
    }
    const double g2 = square_g(o, s, begin.sigma, end.sigma);
    fm_predict_weights(&begin, 0, -s->h * g2 / (2 * begin.sigma), &x_weight, &v_weight);
    fm_step_take(s, 1 + x_weight, s->h + v_weight, v, sqrt(g2 * s->h));
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops, .scheme = FM_SDE_SCHEME, .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "euler_maruyama",
    .version = 1,
    .summary = "Euler-Maruyama for an SDE with the flow's marginals, 1 evaluation a step",
    .source =
        "Song et al. 2021, arXiv:2011.13456, sec. 4.3 and app. D; Ma et al. 2024 (SiT), "
        "arXiv:2401.08740, sec. 2",
    .options = options_table,
    .options_size = sizeof(struct options),
    .solver = &ops,
};
