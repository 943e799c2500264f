/* A path that jumps: x0 before t = 0.5, x1 from then on, at rest all the time. */
#include <fmrun/plugin.h>

static void coefficients(const void *options, size_t n, const double *t,
                         struct fm_path_point *points)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        points[i] = (struct fm_path_point){.alpha = t[i] < 0.5 ? 0 : 1,
                                           .sigma = t[i] < 0.5 ? 1 : 0};
}

static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "null",
    .version = 1,
    .summary = "a jump at t = 0.5",
    .path = &ops,
};
