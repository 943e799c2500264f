/* Lipman et al.'s path: x_t = t x1 + (1 - (1 - s) t) x0, s = sigma_min.  Noise of
 * sd s remains at t = 1: samples are those of the data convolved with s x0, and `ends` says so.
 * Finite and smooth everywhere.  As sigma > 0, x1 determines the velocity at t = 1, too. */
#include <fmrun/plugin.h>

struct target_fm {
    double sigma_min;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"sigma_min", FM_REAL, offsetof(struct target_fm, sigma_min), "1e-4",
     .minimum = 0, .maximum = 0.999999, .help = "sd of the noise that remains at t = 1; 0: path linear"},
    {0}};
/* clang-format on */

static void coefficients(const void *options, size_t n, const double *t,
                         struct fm_path_point *points)
{
    const double s = ((const struct target_fm *)options)->sigma_min;
    for (size_t i = 0; i < n; i++)
        points[i] = (struct fm_path_point){
            .alpha = t[i], .sigma = (1 - t[i]) + s * t[i], .d_alpha = 1, .d_sigma = s - 1};
}

static void ends(const void *options, struct fm_path_point points[2])
{
    const double s = ((const struct target_fm *)options)->sigma_min;
    points[0] = (struct fm_path_point){.alpha = 0, .sigma = 1};
    points[1] = (struct fm_path_point){.alpha = 1, .sigma = s};
}

static const struct fm_path_ops ops = {
    .size = sizeof ops, .coefficients = coefficients, .ends = ends};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "target_fm",
    .version = 1,
    .summary = "straight lines that end in noise of sd sigma_min around the data",
    .source = "Lipman et al. 2023, arXiv:2210.02747, eq. 20-23",
    .options = options_table,
    .options_size = sizeof(struct target_fm),
    .path = &ops,
};
