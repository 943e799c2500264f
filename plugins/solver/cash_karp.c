/* The pair 5(4) of Cash and Karp; its rows of order 1 to 3 are left out. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
                 0,              0,              0,              0,              0,              0,
             1.0/5,              0,              0,              0,              0,              0,
            3.0/40,         9.0/40,              0,              0,              0,              0,
            3.0/10,        -9.0/10,          6.0/5,              0,              0,              0,
          -11.0/54,          5.0/2,       -70.0/27,        35.0/27,              0,              0,
      1631.0/55296,      175.0/512,    575.0/13824, 44275.0/110592,     253.0/4096,              0};
static const double b[] = {37.0/378, 0, 250.0/621, 125.0/594, 0, 512.0/1771};
static const double b_embedded[] = {
    2825.0/27648, 0, 18575.0/48384, 13525.0/55296, 277.0/14336, 1.0/4};
static const double c[] = {0, 1.0/5, 3.0/10, 3.0/5, 1, 7.0/8};
static const struct fm_tableau tableau = {
    .n_stages = 6, .order = 5, .embedded_order = 4, .a = a, .b = b,
    .b_embedded = b_embedded, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "cash_karp",
    .version = 1,
    .summary = "Cash-Karp pair, order 5(4), 6 evaluations a step, adaptive or fixed",
    .source = "Cash and Karp 1990, ACM Trans. Math. Softw. 16, p. 201",
    .solver = &ops,
};
