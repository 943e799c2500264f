/* Rows of zeros, of as many coordinates as the partner has, or one. */
#include <fmrun/plugin.h>

static enum fm_status open_null(const void *options, const struct fm_services *services,
                                struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *d = (struct fm_dataset){.dim = d->dim ? d->dim : 1};
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
    .size = sizeof ops, .open = open_null, .draw = draw};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER, .kind = FM_DATASET,         .name = "null",
    .version = 1,     .summary = "rows of zeros", .dataset = &ops,
};
