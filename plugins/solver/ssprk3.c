/* The method of Shu and Osher: its steps are means of Euler steps, so it preserves what Euler's
 * method preserves for small h (bounds, positivity). */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
        0,     0,     0,
        1,     0,     0,
    1.0/4, 1.0/4,     0};
static const double b[] = {1.0/6, 1.0/6, 2.0/3};
static const double c[] = {0, 1, 1.0/2};
static const struct fm_tableau tableau = {
    .n_stages = 3, .order = 3, .a = a, .b = b, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "ssprk3",
    .version = 1,
    .summary =
        "Shu-Osher method, strong-stability preserving, order 3, 3 evaluations a step",
    .source = "Shu and Osher 1988, J. Comput. Phys. 77, p. 439",
    .solver = &ops,
};
