/* Kutta's method of order three: Simpson's rule, with the nodes 0, 1/2, 1. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
        0,     0,     0,
    1.0/2,     0,     0,
       -1,     2,     0};
static const double b[] = {1.0/6, 2.0/3, 1.0/6};
static const double c[] = {0, 1.0/2, 1};
static const struct fm_tableau tableau = {
    .n_stages = 3, .order = 3, .a = a, .b = b, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "kutta3",
    .version = 1,
    .summary = "Kutta's third-order method, order 3, 3 evaluations a step",
    .source = "Kutta 1901; Butcher 2008, Numerical Methods for ODEs, section 233",
    .solver = &ops,
};
