/* A path in the folder of solvers. */
#include <fmrun/plugin.h>

static void coefficients(const void *options, double t, struct fm_path_point *point)
{
    (void)options;
    *point =
        (struct fm_path_point){.alpha = t, .sigma = 1 - t, .d_alpha = 1, .d_sigma = -1};
}

static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER, .kind = FM_PATH,           .name = "wrong_kind",
    .version = 1,     .summary = "a wrong kind", .path = &ops,
};
