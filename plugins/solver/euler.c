/* x' = x + h v(x, t). */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
    0};
static const double b[] = {1};
static const double c[] = {0};
static const struct fm_tableau tableau = {
    .n_stages = 1, .order = 1, .a = a, .b = b, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "euler",
    .version = 1,
    .summary = "Euler's method, order 1, 1 evaluation a step",
    .source = "Euler 1768; Hairer, Norsett, Wanner 1993, Solving ODEs I, I.7",
    .solver = &ops,
};
