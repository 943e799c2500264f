/* The error of solver and network together: the root mean square, over rows, of the Euclidean
 * distance between a sample and the end point of a tight solve of the exact ODE from the same
 * x0, sqrt( 1/n sum_i |x_i - exact_i|^2 ).  discretization_error has the solver's part,
 * model_error the network's. */
#include <fmrun/plugin.h>
#include <fmrun/statistics.h>

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *estimate = (struct fm_estimate){
        .value = fm_rms_distance(m->n, m->dim, m->samples, m->exact), .n_used = m->n};
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_EXACT,
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "flow_error",
    .version = 1,
    .summary = "root mean square distance to a tight solve of the exact ODE, row by row",
    .source = "Hairer, Norsett, Wanner 1993, Solving ODEs I, II.3 (global error)",
    .metric = &ops,
};
