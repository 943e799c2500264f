/* A solver plugin, Runge-Kutta: copy this file to NAME.c, change what is marked (1) to (3),
 * then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/solver/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show solver/NAME
 *
 * A Runge-Kutta method is a table of numbers; fmrun runs the loop, counts evaluations, and
 * controls the step size if there is a second row of weights.  (For other methods see
 * solver_step.c.)  This one is Ralston's method, of order two with the smallest error
 * bound:
 *
 *      0  |
 *     2/3 | 2/3             k_i = v(t + c_i h, x + h sum_j a_ij k_j)
 *     ----+----------       x'  = x + h sum_i b_i k_i
 *         | 1/4  3/4
 */
#include <fmrun/plugin.h>

/* (1) The table.  a: [stages][stages], zero on and above the diagonal; each c_i is the sum
 * of row i of a, and b sums to 1.  Give c and a as exactly as b: a wrong c lowers the order
 * when v depends on t.  configs/oracle_order.yaml, with your solver added, shows the
 * order. */
static const double a[] = {0, 0, 2.0 / 3, 0};
static const double b[] = {1.0 / 4, 3.0 / 4};
static const double c[] = {0, 2.0 / 3};

static const struct fm_tableau tableau = {
    .n_stages = 2,
    .order = 2, /* of b */
    /* For step-size control: .embedded_order and .b_embedded, weights of another order. */
    .a = a,
    .b = b,
    .c = c,
};

/* (2) What the plugin does. */
static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

/* (3) The only symbol that the plugin exports. */
const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "my_solver", /* the file's name without .so */
    .version = 1, /* raise it when results change: then fmrun does not reuse old ones */
    .summary = "Ralston's method of order two",
    .source =
        "Ralston 1962, Runge-Kutta methods with minimum error bounds, Math. Comp. 16:431",
    .solver = &ops,
};
