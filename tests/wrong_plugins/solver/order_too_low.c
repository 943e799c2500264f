/* The midpoint rule, declared of order 1. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {0,   0,
                           0.5, 0};
static const double b[] = {0, 1}, c[] = {0, 0.5};
/* clang-format on */

static const struct fm_tableau tableau = {
    .n_stages = 2, .order = 1, .a = a, .b = b, .c = c};
static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "order_too_low",
    .version = 1,
    .summary = "the midpoint rule, of order 2",
    .solver = &ops,
};
