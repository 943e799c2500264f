/* Stores a number in its options. */
#include "means.h"

struct kept_options {
    double scale;
};
static const struct fm_option options_table[] = {
    {"scale", FM_REAL, offsetof(struct kept_options, scale), "1", .help = "unused"}, {0}};

static MEASURE
{
    (void)services, (void)err;
    *estimate = (struct fm_estimate){.value = distance_of_means(m, m->n), .n_used = m->n};
    ((struct kept_options *)(uintptr_t)options)->scale = estimate->value;
    return FM_OK;
}

static const struct fm_metric_ops ops = {
    .size = sizeof ops, .references = FM_REFERENCE_DATA, .measure = measure};
const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,
                                       .kind = FM_METRIC,
                                       .name = "writes_options",
                                       .version = 1,
                                       .summary = "breaks a promise",
                                       .options = options_table,
                                       .options_size = sizeof(struct kept_options),
                                       .metric = &ops};
