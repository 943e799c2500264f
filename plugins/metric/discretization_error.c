/* The error of the solver's steps: the root mean square, over rows, of the Euclidean distance
 * between a sample and the end point of a tight solve of the same ODE from the same x0,
 * sqrt( 1/n sum_i |x_i - solve_i|^2 ).  The network's error is in both, so it cancels.  (It sums
 * row by row, so fm_rms_distance would round differently.) */
#include <fmrun/plugin.h>
#include <math.h>

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    double sum = 0;
    for (size_t i = 0; i < m->n; i++) {
        double squared = 0;
        for (size_t j = 0; j < m->dim; j++) {
            double difference = m->samples[i * m->dim + j] - m->solve[i * m->dim + j];
            squared += difference * difference;
        }
        sum += squared;
    }
    *estimate = (struct fm_estimate){.value = sqrt(sum / (double)m->n), .n_used = m->n};
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_SOLVE,
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "discretization_error",
    .version = 1,
    .summary = "root mean square distance to a tight solve of the same ODE, row by row",
    .source = "Hairer, Norsett, Wanner 1993, Solving ODEs I, II.3 (global error)",
    .metric = &ops,
};
