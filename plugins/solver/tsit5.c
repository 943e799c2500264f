/* The pair 5(4) of Tsitouras: a smaller error than dopri5's at the same cost.  The last
 * stage is the first of the next step, since the last row of a is b, of order 5. */
#include <fmrun/plugin.h>

/* clang-format off */
static const double a[7][7] = {
    {0},
    {161.0/1000},
    {-0.008480655492356988544427, 0.3354806554923569885444},
    {2.897153057105493432130, -6.359448489975074843148, 4.362295432869581411018},
    {5.325864828439256604429, -11.74888356406282787775, 7.495539342889836208305,
     -0.09249506636175524925650},
    {5.861455442946420028659, -12.92096931784710929171, 8.159367898576158643180,
     -0.07158497328140099722453, -0.02826905039406838290900},
    {0.09646076681806522951817, 1.0/100, 0.4798896504144995747752,
     1.379008574103741893192, -3.290069515436080679901, 2.324710524099773982415}};
static const double b[] = {
    0.09646076681806522951817, 1.0/100, 0.4798896504144995747752, 1.379008574103741893192,
    -3.290069515436080679901, 2.324710524099773982415, 0};
static const double b_embedded[] = {
    0.09468075576583945807479, 0.009183565540343253096776, 0.4877705284247615707856,
    1.234297566930478985655, -2.707712349983525454881, 1.866628418170587035754, 1.0/66};
static const double c[] = {
    0, 161.0/1000, 327.0/1000, 9.0/10, 0.9800255409045096857298, 1, 1};
static const struct fm_tableau tableau = {
    .n_stages = 7, .order = 5, .embedded_order = 4, .is_fsal = true, .a = a[0], .b = b,
    .b_embedded = b_embedded, .c = c};
/* clang-format on */

static const struct fm_solver_ops ops = {.size = sizeof ops, .scheme.tableau = &tableau};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "tsit5",
    .version = 1,
    .summary = "Tsitouras pair, order 5(4), 6 evaluations a step, adaptive or fixed",
    .source = "Tsitouras 2011, Comput. Math. Appl. 62, p. 770",
    .solver = &ops,
};
