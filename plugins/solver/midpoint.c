/* x' = x + h v(x + h/2 v(x, t), t + h/2). */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
        0,     0,
    1.0/2,     0};
static const double b[] = {0, 1};
static const double c[] = {0, 1.0/2};
static const struct fm_tableau tableau = {
    .n_stages = 2, .order = 2, .a = a, .b = b, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "midpoint",
    .version = 1,
    .summary = "explicit midpoint rule, order 2, 2 evaluations a step",
    .source = "Runge 1895; Hairer, Norsett, Wanner 1993, Solving ODEs I, II.1 eq. 1.4",
    .solver = &ops,
};
