/* The pair 3(2) of Bogacki and Shampine, for loose tolerances; the last stage is the first
 * of the next step. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
        0,     0,     0,     0,
    1.0/2,     0,     0,     0,
        0, 3.0/4,     0,     0,
    2.0/9, 1.0/3, 4.0/9,     0};
static const double b[] = {2.0/9, 1.0/3, 4.0/9, 0};
static const double b_embedded[] = {7.0/24, 1.0/4, 1.0/3, 1.0/8};
static const double c[] = {0, 1.0/2, 3.0/4, 1};
static const struct fm_tableau tableau = {
    .n_stages = 4, .order = 3, .embedded_order = 2, .is_fsal = true, .a = a, .b = b,
    .b_embedded = b_embedded, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "bosh3",
    .version = 1,
    .summary = "Bogacki-Shampine pair, order 3(2), 3 evaluations a step, adaptive or fixed",
    .source = "Bogacki and Shampine 1989, Appl. Math. Lett. 2, p. 321",
    .solver = &ops,
};
