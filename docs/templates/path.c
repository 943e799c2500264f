/* A path plugin: copy this file to NAME.c, change what is marked (1) to (4), then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/path/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show path/NAME
 *
 * A path joins a source point x0 (t = 0) with a data point x1 (t = 1):
 *     x_t = alpha(t) x1 + sigma(t) x0,    u_t = alpha'(t) x1 + sigma'(t) x0.
 * alpha(0) = sigma(1) = 0 and alpha(1) = sigma(0) = 1 (or see `ends`).  This one is
 * straight with a speed that varies: alpha = t^n, sigma = 1 - t^n. */
#include <fmrun/plugin.h>
#include <math.h>

/* (1) Options, as they stand in a config: path: {plugin: my_path, exponent: 2}. */
struct my_options {
    double exponent;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"exponent", FM_REAL, offsetof(struct my_options, exponent), "2",
     .minimum = 1, .maximum = 100, .help = "n of alpha = t^n: 1 is constant speed"},
    {0}}; /* the end */
/* clang-format on */

/* (2) The path at times t, both ends included; all numbers must be finite.  Called from
 * several threads, so it must keep nothing between calls. */
static void coefficients(const void *options, size_t n, const double *t,
                         struct fm_path_point *points)
{
    const struct my_options *o = options;
    for (size_t i = 0; i < n; i++) {
        struct fm_path_point *p = &points[i];
        p->alpha = pow(t[i], o->exponent);
        p->sigma = 1 - p->alpha;
        p->d_alpha = o->exponent * pow(t[i], o->exponent - 1);
        p->d_sigma = -p->d_alpha;
    }
}

/* (3) What the plugin does.  A path of another form, with noise of its own say, sets draw
 * instead of coefficients (fmrun/path.h). */
static const struct fm_path_ops ops = {.size = sizeof ops, .coefficients = coefficients};

/* (4) The only symbol that the plugin exports. */
const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_PATH,
    .name = "my_path", /* the file's name without .so */
    .version = 1, /* raise it when results change: then fmrun does not reuse old ones */
    .summary = "straight lines at a speed that grows as a power of t",
    .source = NULL, /* paper and equation, where there is one */
    .options = options_table,
    .options_size = sizeof(struct my_options),
    .path = &ops,
};
