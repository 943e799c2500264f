/* The explicit trapezoidal rule: the mean of the slopes at both ends of an Euler step. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
    0, 0,
    1, 0};
static const double b[] = {1.0/2, 1.0/2};
static const double c[] = {0, 1};
static const struct fm_tableau tableau = {
    .n_stages = 2, .order = 2, .a = a, .b = b, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "heun2",
    .version = 1,
    .summary = "Heun's method (explicit trapezoidal rule), order 2, 2 evaluations a step",
    .source = "Heun 1900; Hairer, Norsett, Wanner 1993, Solving ODEs I, II.1 eq. 1.5",
    .solver = &ops,
};
