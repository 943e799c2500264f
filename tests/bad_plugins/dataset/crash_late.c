/* Standard normal rows in the plane, until a step of the stream where it writes to address
 * 0: a run that has trained for a while and then dies. */
#include <fmrun/plugin.h>

struct crash_options {
    int64_t step;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"step", FM_INT, offsetof(struct crash_options, step), "20",
     .minimum = 0, .maximum = 4294967295.0, .help = "the first step that crashes"},
    {0}};
/* clang-format on */

static enum fm_status open_crash(const void *options, const struct fm_services *services,
                                 struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *d = (struct fm_dataset){.dim = 2};
    return FM_OK;
}

static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    const struct crash_options *o = options;
    volatile int *volatile nowhere = NULL;
    if (stream.step >= o->step)
        *nowhere = 1;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        for (size_t j = 0; j < d->dim; j++)
            x[i * d->dim + j] = fm_rng_normal(&r);
    }
}

static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_crash, .draw = draw};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "crash_late",
    .version = 1,
    .summary = "normal rows, then a segmentation fault",
    .options = options_table,
    .options_size = sizeof(struct crash_options),
    .dataset = &ops,
};
