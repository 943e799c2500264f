/* Arcs: x_t = sin(pi t / 2) x1 + cos(pi t / 2) x0.  alpha^2 + sigma^2 = 1, smooth and finite
 * everywhere.  Others call it GVP, trigonometric or slerp; TorchCFM variance preserving. */
#include <fmrun/plugin.h>
#include <math.h>

static const double half_pi = 1.57079632679489661923;

static void coefficients(const void *options, size_t n, const double *t,
                         struct fm_path_point *points)
{
    (void)options;
    for (size_t i = 0; i < n; i++) {
        struct fm_path_point *p = &points[i];
        p->alpha = t[i] < 0.5 ? sin(half_pi * t[i]) : cos(half_pi * (1 - t[i]));
        p->sigma = t[i] < 0.5 ? cos(half_pi * t[i]) : sin(half_pi * (1 - t[i]));
        p->d_alpha = half_pi * p->sigma;
        p->d_sigma = -half_pi * p->alpha;
    }
}

static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "cosine",
    .version = 1,
    .summary = "arcs at constant angular speed (GVP, trigonometric, slerp)",
    .source = "Albergo and Vanden-Eijnden 2023, arXiv:2209.15571; Ma et al. 2024, "
              "arXiv:2401.08740 (GVP)",
    .path = &ops,
};
