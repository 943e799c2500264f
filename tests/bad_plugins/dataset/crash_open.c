/* Writes to address 0 in open(). */
#include <fmrun/plugin.h>

static enum fm_status open_crash(const void *options, const struct fm_services *services,
                                 struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
    d->dim = 2;
    return FM_OK;
}

static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)options, (void)stream, (void)first_row;
    for (size_t i = 0; i < n * d->dim; i++)
        x[i] = 0;
}

static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_crash, .draw = draw};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "crash_open",
    .version = 1,
    .summary = "a segmentation fault in open()",
    .dataset = &ops,
};
