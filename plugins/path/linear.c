/* The straight path, x_t = t x1 + (1 - t) x0, u_t = x1 - x0. */
#include <fmrun/plugin.h>

static void coefficients(const void *options, size_t n, const double *t,
                         struct fm_path_point *points)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        points[i] = (struct fm_path_point){
            .alpha = t[i], .sigma = 1 - t[i], .d_alpha = 1, .d_sigma = -1};
}

static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "linear",
    .version = 1,
    .summary = "straight lines at constant speed (CondOT, rectified flow)",
    .source = "Lipman et al. 2023, arXiv:2210.02747, eq. 20-23 with sigma_min = 0; "
              "Liu et al. 2023, arXiv:2209.03003",
    .path = &ops,
};
