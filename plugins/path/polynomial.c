/* Straight lines at a speed that varies: x_t = t^n x1 + (1 - t^n) x0.
 *
 * For n > 1 alpha' = sigma' = 0 at t = 0: all coefficients are finite, but the velocity is 0
 * there whatever x1, so it does not determine x1 and x0 (fm_path_x1, fm_path_x0).  This concerns
 * t = 0 alone, which training draws with probability 0. */
#include <fmrun/plugin.h>
#include <math.h>

struct polynomial {
    double n;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"n", FM_REAL, offsetof(struct polynomial, n), "2",
     .minimum = 1, .maximum = 100, .help = "n of alpha = t^n; 1: path linear"},
    {0}};
/* clang-format on */

static void coefficients(const void *options, size_t n, const double *t,
                         struct fm_path_point *points)
{
    const double power = ((const struct polynomial *)options)->n;
    for (size_t i = 0; i < n; i++) {
        struct fm_path_point *p = &points[i];
        p->alpha = pow(t[i], power);
        p->sigma = t[i] > 0.5 ? 0 - expm1(power * log1p(t[i] - 1)) : 1 - p->alpha;
        p->d_alpha = power * pow(t[i], power - 1);
        p->d_sigma = -p->d_alpha;
    }
}

static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "polynomial",
    .version = 1,
    .summary = "straight lines with alpha = t^n",
    .source = "Lipman et al. 2024, arXiv:2412.06264, sec. 4.8 (polynomial schedulers)",
    .options = options_table,
    .options_size = sizeof(struct polynomial),
    .path = &ops,
};
