/* dopri5, with a coefficient, its node and its weights as parameters. */
#ifndef FM_TESTS_DOPRI5_H
#define FM_TESTS_DOPRI5_H

#include <fmrun/plugin.h>

/* clang-format off */
static const double dopri5_b[] = {
    35.0/384, 0, 500.0/1113, 125.0/192, -2187.0/6784, 11.0/84, 0};
static const double dopri5_b_embedded[] = {
    5179.0/57600, 0, 7571.0/16695, 393.0/640, -92097.0/339200, 187.0/2100, 1.0/40};
/* a_61: first coefficient of the sixth row, 9017/3168; c_6: its node, 1 */
#define DOPRI5(its_name, its_summary, a_61, c_6, its_b, its_b_embedded)                    \
    static const double a[] = {                                                            \
                    0,             0,            0,          0,             0,       0, 0, \
                1.0/5,             0,            0,          0,             0,       0, 0, \
               3.0/40,        9.0/40,            0,          0,             0,       0, 0, \
              44.0/45,      -56.0/15,       32.0/9,          0,             0,       0, 0, \
         19372.0/6561, -25360.0/2187, 64448.0/6561, -212.0/729,             0,       0, 0, \
                 a_61,     -355.0/33, 46732.0/5247,   49.0/176, -5103.0/18656,       0, 0, \
             35.0/384,             0,   500.0/1113,  125.0/192,  -2187.0/6784, 11.0/84, 0};\
    static const double c[] = {0, 1.0/5, 3.0/10, 4.0/5, 8.0/9, c_6, 1};                    \
    static const struct fm_tableau tableau = {                                             \
        .n_stages = 7,                                                                     \
        .order = 5,                                                                        \
        .embedded_order = 4,                                                               \
        .a = a,                                                                            \
        .b = its_b,                                                                        \
        .b_embedded = its_b_embedded,                                                      \
        .c = c};                                                                           \
    static const struct fm_solver_ops ops = {                                              \
        .size = sizeof ops, .scheme.tableau = &tableau};                                   \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_SOLVER,                              \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = its_summary,                         \
                                           .solver = &ops}
/* clang-format on */

#endif
