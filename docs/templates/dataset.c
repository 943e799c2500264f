/* A data set plugin: copy this file to NAME.c, change what is marked (1) to (5), then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/dataset/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show dataset/NAME
 *
 * A data set gives rows, as data (t = 1) or as source (t = 0).  This one generates them: a
 * ring in the plane, x = radius (cos a, sin a) + noise z. */
#include <fmrun/plugin.h>
#include <math.h>

/* (1) Options, as they stand in a config: data: {plugin: my_dataset, radius: 2}.
 * One row each: name, type, where its value goes, default; then range, unit, help. */
struct my_options {
    double radius, noise;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"radius", FM_REAL, offsetof(struct my_options, radius), "1",
     .minimum = 0, .maximum = 1e6, .help = "radius of the ring"},
    {"noise", FM_REAL, offsetof(struct my_options, noise), "0.05",
     .minimum = 0, .maximum = 1e6, .help = "standard deviation around it, each coordinate"},
    {0}}; /* the end */
/* clang-format on */

/* (2) Fills *d.  d->dim is at first the dimension that is wanted, or 0 for any.  Tables or
 * the contents of files go into memory from services->allocate, and d->state points there.
 */
static enum fm_status open_set(const void *options, const struct fm_services *services,
                               struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services;
    if (d->dim != 0 && d->dim != 2)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset my_dataset: has 2 coordinates, %zu are wanted", d->dim);
    *d = (struct fm_dataset){.dim = 2};
    return FM_OK;
}

/* (3) Rows first_row .. first_row + n - 1.  Each must be a function of (stream, row) alone,
 * which fm_rng_at gives: then results are the same on any number of threads.  Called from
 * several. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)d;
    const struct my_options *o = options;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        double angle = 6.28318530717958647692 * fm_rng_uniform(&r);
        x[2 * i] = o->radius * cos(angle) + o->noise * fm_rng_normal(&r);
        x[2 * i + 1] = o->radius * sin(angle) + o->noise * fm_rng_normal(&r);
    }
}

/* (4) What the plugin can do.  A finite set sets n_rows in open and read instead of draw; a
 * known density is given by log_density (fmrun/dataset.h). */
static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_set, .draw = draw};

/* (5) The one symbol that is exported. */
const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "my_dataset", /* the file's name without .so */
    .version = 1, /* count up whenever results change: old results are then not reused */
    .summary = "a noisy ring in the plane",
    .source = NULL, /* paper and equation, where there is one */
    .options = options_table,
    .options_size = sizeof(struct my_options),
    .dataset = &ops,
};
