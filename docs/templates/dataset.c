/* A data set plugin: copy this file to NAME.c, change what is marked (1) to (5), then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/dataset/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show dataset/NAME
 *
 * A data set gives rows, as data (t = 1) or as source (t = 0), and labels if it has any.
 * This one generates them: rings about the origin, x = radius (cos a, sin a) + noise z; the
 * label of a row is the number of its ring. */
#include <fmrun/plugin.h>
#include <math.h>

/* (1) Options, as they stand in a config: data: {plugin: my_dataset, radii: [1, 2]}.
 * One row each: name, type, where its value goes, default; then range, unit, help. */
struct my_options {
    struct fm_reals radii;
    double noise;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"radii", FM_REALS, offsetof(struct my_options, radii), "[1, 2]",
     .minimum = 0, .maximum = 1e6, .help = "radius of each ring"},
    {"noise", FM_REAL, offsetof(struct my_options, noise), "0.05",
     .minimum = 0, .maximum = 1e6, .help = "standard deviation around it, each coordinate"},
    {0}}; /* the end */
/* clang-format on */

/* (2) Fills *d.  At first d->dim is how many coordinates are needed, 0 for any.  Tables or
 * the contents of files go into memory from services->allocate, and d->state points there.
 *
 * n_labels = k says that rows have labels 0 .. k - 1; leave it and draw_labels out if yours
 * have none.  A set of images also sets height, width and channels, with dim their product;
 * rows are in that order, row-major. */
static enum fm_status open_set(const void *options, const struct fm_services *services,
                               struct fm_dataset *d, struct fm_error *err)
{
    const struct my_options *o = options;
    (void)services;
    if (o->radii.n == 0)
        return fm_fail(err, FM_ERROR_CONFIG, "dataset my_dataset: radii must not be empty");
    if (d->dim != 0 && d->dim != 2)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset my_dataset has 2 coordinates, but %zu are needed", d->dim);
    *d = (struct fm_dataset){.dim = 2, .n_labels = o->radii.n};
    return FM_OK;
}

/* (3) Rows first_row .. first_row + n - 1, and their labels.  Each must be a function of
 * (stream, row) alone, which fm_rng_at gives: then results are the same on any number of
 * threads.  Called from several.  Both functions draw the ring first, so that they agree on
 * it. */
static uint32_t draw_ring(const struct my_options *o, struct fm_rng *r)
{
    return fm_rng_below(r, (uint32_t)o->radii.n);
}

static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)d;
    const struct my_options *o = options;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        double radius = o->radii.values[draw_ring(o, &r)];
        double angle = 6.28318530717958647692 * fm_rng_uniform(&r);
        x[2 * i] = radius * cos(angle) + o->noise * fm_rng_normal(&r);
        x[2 * i + 1] = radius * sin(angle) + o->noise * fm_rng_normal(&r);
    }
}

static void draw_labels(const void *options, const struct fm_dataset *d,
                        struct fm_stream stream, uint64_t first_row, size_t n,
                        uint32_t *labels)
{
    (void)d;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        labels[i] = draw_ring(options, &r);
    }
}

/* (4) What the plugin does.  A finite set sets n_rows in open, and read and read_label
 * instead of draw and draw_labels.  log_density, score and entropy give a density where it
 * is known (fmrun/dataset.h). */
static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_set, .draw = draw, .draw_labels = draw_labels};

/* (5) The only symbol that the plugin exports. */
const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "my_dataset", /* the file's name without .so */
    .version = 1, /* raise it when results change: then fmrun does not reuse old ones */
    .summary = "noisy rings in the plane, labelled by ring",
    .source = NULL, /* paper and equation, where there is one */
    .options = options_table,
    .options_size = sizeof(struct my_options),
    .dataset = &ops,
};
