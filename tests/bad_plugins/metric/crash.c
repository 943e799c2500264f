/* Writes to address 0 when it is asked to measure. */
#include <fmrun/plugin.h>

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    (void)options, (void)services, (void)m, (void)err;
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
    *estimate = (struct fm_estimate){0};
    return FM_OK;
}

static const struct fm_metric_ops ops = {
    .size = sizeof ops, .references = FM_REFERENCE_NONE, .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "crash",
    .version = 1,
    .summary = "a segmentation fault",
    .metric = &ops,
};
