/* The pair 2(1) of Heun and Euler: the smallest method that controls its step. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
    0, 0,
    1, 0};
static const double b[] = {1.0/2, 1.0/2};
static const double b_embedded[] = {1, 0};
static const double c[] = {0, 1};
static const struct fm_tableau tableau = {
    .n_stages = 2, .order = 2, .embedded_order = 1, .a = a, .b = b,
    .b_embedded = b_embedded, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "heun_euler",
    .version = 1,
    .summary = "Heun-Euler pair, order 2(1), 2 evaluations a step, adaptive or fixed",
    .source = "Heun 1900, with Euler 1768 embedded",
    .solver = &ops,
};
