/* Ralston's method: of all methods of order two with two stages, the one with the smallest error
 * bound. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
        0,     0,
    2.0/3,     0};
static const double b[] = {1.0/4, 3.0/4};
static const double c[] = {0, 2.0/3};
static const struct fm_tableau tableau = {
    .n_stages = 2, .order = 2, .a = a, .b = b, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "ralston2",
    .version = 1,
    .summary = "Ralston's method, order 2, 2 evaluations a step, smallest error bound",
    .source = "Ralston 1962, Math. Comp. 16, p. 431",
    .solver = &ops,
};
