/* A right finite set that the plugins here spoil: 100 numbers, standardised. */
#include <fmrun/plugin.h>
#include <math.h>

enum { N = 100 };
static const double shift[] = {49.5},
                    scale[] = {28.866070047722118}; /* sqrt((N^2 - 1) / 12) */

static enum fm_status open_set(const void *options, const struct fm_services *services,
                               struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services;
    if (d->dim > 1)
        return fm_fail(err, FM_ERROR_CONFIG, "these are numbers");
    *d = (struct fm_dataset){.dim = 1, .n_rows = N, .shift = shift, .scale = scale};
    return FM_OK;
}

/* of_row: the number with this index */
#define FINITE(its_name, of_row)                                                           \
    static void read_row(const void *options, const struct fm_dataset *d, size_t index,    \
                         double *x)                                                        \
    {                                                                                      \
        (void)options, (void)d;                                                            \
        x[0] = (of_row);                                                                   \
    }                                                                                      \
    static const struct fm_dataset_ops ops = {                                             \
        .size = sizeof ops, .open = open_set, .read = read_row};                           \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_DATASET,                             \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .dataset = &ops}
