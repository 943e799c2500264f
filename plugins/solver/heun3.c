/* Heun's method of order three, with the nodes 0, 1/3, 2/3. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
        0,     0,     0,
    1.0/3,     0,     0,
        0, 2.0/3,     0};
static const double b[] = {1.0/4, 0, 3.0/4};
static const double c[] = {0, 1.0/3, 2.0/3};
static const struct fm_tableau tableau = {
    .n_stages = 3, .order = 3, .a = a, .b = b, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "heun3",
    .version = 1,
    .summary = "Heun's third-order method, order 3, 3 evaluations a step",
    .source = "Heun 1900; Hairer, Norsett, Wanner 1993, Solving ODEs I, II.1 table 1.1",
    .solver = &ops,
};
