/* Pairs from the flow of a finished run: x1 is where its velocity carries x0.  They cross less
 * than independent pairs, so a network trained on them has straighter paths; repeating this k
 * times gives k-rectified flow. */
#include <fmrun/plugin.h>

struct reflow_options {
    const char *parent;
    int64_t pairs;
    double rtol;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"parent", FM_FILE, offsetof(struct reflow_options, parent), NULL,
     .flags = FM_OPTION_NOT_IN_KEY, /* the key of its run is */
     .help = "config of the finished run; its run of the same seed must be in the same database"},
    {"pairs",  FM_INT,  offsetof(struct reflow_options, pairs), "65536",
     .minimum = 1, .maximum = 1e8, .unit = "rows",
     .help = "number of pairs; training repeats them in shuffled order"},
    {"rtol",   FM_REAL, offsetof(struct reflow_options, rtol), "1e-4",
     .minimum = 1e-12, .maximum = 1e-1,
     .help = "relative and absolute tolerance of the solves that make the pairs"},
    {0}};
/* clang-format on */

static void prepare(const void *options, struct fm_coupling_scheme *scheme)
{
    const struct reflow_options *o = options;
    scheme->parent = o->parent;
    scheme->n_pairs = (size_t)o->pairs;
    scheme->rtol = o->rtol;
}

static const struct fm_coupling_ops ops = {
    .size = sizeof ops, .prepare = prepare, .pair = NULL};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_COUPLING,
    .name = "reflow",
    .version = 1,
    .summary =
        "pairs (x0, x1) where a finished run's flow carries x0 to x1 (rectified flow)",
    .source = "Liu et al. 2023, arXiv:2209.03003, algorithm 1",
    .options = options_table,
    .options_size = sizeof(struct reflow_options),
    .coupling = &ops,
};
