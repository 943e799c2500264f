/* Its option has no effect. */
#include "affine.h"

struct options {
    double power;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"power", FM_REAL, offsetof(struct options, power), "2",
     .minimum = 1, .maximum = 10, .help = "of nothing"},
    {0}};
/* clang-format on */

static COEFFICIENTS
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        points[i] = right_point(t[i]);
}

static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,
                                       .kind = FM_PATH,
                                       .name = "ignores_option",
                                       .version = 1,
                                       .summary = "breaks a promise",
                                       .options = options_table,
                                       .options_size = sizeof(struct options),
                                       .path = &ops};
