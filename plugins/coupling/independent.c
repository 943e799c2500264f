/* Pairs drawn independently: row k of x0 goes to row k of x1. */
#include <fmrun/plugin.h>

static const struct fm_coupling_ops ops = {.size = sizeof ops, .pair = NULL};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_COUPLING,
    .name = "independent",
    .version = 1,
    .summary = "x0 and x1 drawn independently",
    .source = "Lipman et al. 2023, arXiv:2210.02747",
    .coupling = &ops,
};
