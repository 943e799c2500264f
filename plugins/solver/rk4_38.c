/* Kutta's 3/8 rule (some libraries call it rk4). */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
         0,      0,      0,      0,
     1.0/3,      0,      0,      0,
    -1.0/3,      1,      0,      0,
         1,     -1,      1,      0};
static const double b[] = {1.0/8, 3.0/8, 3.0/8, 1.0/8};
static const double c[] = {0, 1.0/3, 2.0/3, 1};
static const struct fm_tableau tableau = {
    .n_stages = 4, .order = 4, .a = a, .b = b, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "rk4_38",
    .version = 1,
    .summary = "Kutta's 3/8 rule, order 4, 4 evaluations a step",
    .source = "Kutta 1901; Hairer, Norsett, Wanner 1993, Solving ODEs I, II.1 table 1.2",
    .solver = &ops,
};
