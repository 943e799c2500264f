/* A path in the folder of solvers. */
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
    FM_PLUGIN_HEADER, .kind = FM_PATH,           .name = "wrong_kind",
    .version = 1,     .summary = "a wrong kind", .path = &ops,
};
