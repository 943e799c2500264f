/* A metric plugin: copy this file to NAME.c, change what is marked (1) to (4), then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/metric/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show metric/NAME
 *
 * A metric is one number about a set of samples.  This one is the distance between the mean
 * of the samples and the mean of as many rows of the data. */
#include <fmrun/plugin.h>
#include <math.h>

/* (1) This one has no options; fmrun/option.h and other templates show some. */

/* (2) The number.  m->samples and m->data are [n][dim], all finite; (3) asks for the data.
 * Sums run in double and in the order of the rows.  Random choices come from m->noise
 * alone, and need a standard error; memory comes from services alone. */
static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    double squared = 0;
    for (size_t j = 0; j < m->dim; j++) {
        double difference = 0;
        for (size_t i = 0; i < m->n; i++)
            difference += m->samples[i * m->dim + j] - m->data[i * m->dim + j];
        difference /= (double)m->n;
        squared += difference * difference;
    }
    *estimate = (struct fm_estimate){.value = sqrt(squared), .n_used = m->n};
    return FM_OK;
}

/* (3) What the plugin compares with: fresh rows of the data (FM_REFERENCE_DATA), end points
 * of a tight solve of the same ODE (FM_REFERENCE_SOLVE), nothing (FM_REFERENCE_NONE), or
 * what else fmrun/metric.h has. */
static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_DATA,
                                         .unit = NULL, /* "s", "bits", ... */
                                         .measure = measure};

/* (4) The only symbol that the plugin exports. */
const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "my_metric", /* the file's name without .so */
    .version = 1, /* raise it when results change: then fmrun does not reuse old ones */
    .summary = "distance between the means of samples and data",
    .source = NULL, /* paper and equation, where there is one */
    .metric = &ops,
};
