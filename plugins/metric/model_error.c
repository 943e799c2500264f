/* The error of the network, whatever the solver: the root mean square, over rows, of the Euclidean
 * distance between the end points of tight solves of its ODE and of the exact one from the same
 * x0, sqrt( 1/n sum_i |solve_i - exact_i|^2 ), at the time where the samples end.  Zero for the
 * closed form itself. */
#include <fmrun/plugin.h>
#include <fmrun/statistics.h>

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *estimate = (struct fm_estimate){
        .value = fm_rms_distance(m->n, m->dim, m->solve, m->exact), .n_used = m->n};
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references =
                                             FM_REFERENCE_SOLVE | FM_REFERENCE_EXACT,
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "model_error",
    .version = 1,
    .summary =
        "root mean square distance between tight solves of the network and the exact ODE",
    .source =
        "Hairer, Norsett, Wanner 1993, Solving ODEs I, I.10 (perturbed right-hand side)",
    .metric = &ops,
};
