/* Adams-Bashforth of 3 steps, with the weights of the grid's own steps. */
#include <fmrun/multistep.h>
#include <fmrun/plugin.h>

enum { ORDER = 3 };

static const struct fm_option options_table[] = {
    FM_STARTER_OPTION("one-step method of the first two steps, of order 2 at least"), {0}};

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    return fm_adams_bashforth_step(options, ORDER, s, err);
}

static const struct fm_solver_ops ops = {.size = sizeof ops,
                                         .scheme = {.order = ORDER},
                                         .prepare = fm_adams_bashforth_prepare,
                                         .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "ab3",
    .version = 1,
    .summary = "Adams-Bashforth, order 3, 1 evaluation a step after the first two",
    .source =
        "Bashforth and Adams 1883; Hairer, Norsett, Wanner 1993, Solving ODEs I, III.1 "
        "eq. 1.5, on any grid III.5",
    .options = options_table,
    .options_size = sizeof(struct fm_starter_options),
    .solver = &ops,
};
