/* Fehlberg's pair of orders 4 and 5.  Fehlberg advances with the row of order 4; here, as in all
 * pairs, b is the row of order 5 (local extrapolation), and order 4 is embedded. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[] = {
               0,            0,            0,            0,            0,            0,
           1.0/4,            0,            0,            0,            0,            0,
          3.0/32,       9.0/32,            0,            0,            0,            0,
     1932.0/2197, -7200.0/2197,  7296.0/2197,            0,            0,            0,
       439.0/216,           -8,   3680.0/513,  -845.0/4104,            0,            0,
         -8.0/27,            2, -3544.0/2565,  1859.0/4104,     -11.0/40,            0};
static const double b[] = {16.0/135, 0, 6656.0/12825, 28561.0/56430, -9.0/50, 2.0/55};
static const double b_embedded[] = {25.0/216, 0, 1408.0/2565, 2197.0/4104, -1.0/5, 0};
static const double c[] = {0, 1.0/4, 3.0/8, 12.0/13, 1, 1.0/2};
static const struct fm_tableau tableau = {
    .n_stages = 6, .order = 5, .embedded_order = 4, .a = a, .b = b,
    .b_embedded = b_embedded, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "fehlberg45",
    .version = 1,
    .summary = "Fehlberg pair, order 5(4), advances with order 5, 6 evaluations a step, "
               "adaptive or fixed",
    .source = "Fehlberg 1969, NASA TR R-315, table III; Hairer, Norsett, Wanner 1993, "
              "Solving ODEs I, II.5 table 5.1",
    .solver = &ops,
};
