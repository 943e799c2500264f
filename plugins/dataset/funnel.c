/* Neal's funnel: x_1 ~ N(0, sd^2), and given x_1, the independent x_2, ..., x_dim ~ N(0, e^x_1).
 * Neal 2003, "Slice sampling", section 8, has sd = 3 and dim = 10.  The default here is sd = 1:
 * then mouth and neck, at x_1 = +-2 sd, differ in width by a factor of 7 instead of 400. */
#include <fmrun/plugin.h>
#include <math.h>

struct funnel_options {
    int64_t dim;
    double sd;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"dim", FM_INT, offsetof(struct funnel_options, dim), "10",
     .minimum = 2, .maximum = 1 << 20, .unit = "coordinates", .help = "how many there are"},
    {"sd", FM_REAL, offsetof(struct funnel_options, sd), "1",
     .minimum = 0, .maximum = 100, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "standard deviation of the first coordinate; Neal's is 3"},
    {0}};
/* clang-format on */

static enum fm_status open_funnel(const void *options, const struct fm_services *services,
                                  struct fm_dataset *d, struct fm_error *err)
{
    (void)services;
    const struct funnel_options *o = options;
    const size_t dim = (size_t)o->dim;
    if (d->dim != 0 && d->dim != dim)
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "dataset funnel has %zu coordinates (option dim), but %zu are needed", dim,
            d->dim);
    *d = (struct fm_dataset){.dim = dim};
    return FM_OK;
}

static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    const struct funnel_options *o = options;
    d->services->normals(stream, 0, first_row, n, d->dim, x);
    for (size_t i = 0; i < n; i++) {
        double *row = x + i * d->dim;
        row[0] *= o->sd;
        const double width = exp(row[0] / 2);
        for (size_t j = 1; j < d->dim; j++)
            row[j] *= width;
    }
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    const struct funnel_options *o = options;
    const double log_2_pi = 1.83787706640934548356, others = (double)d->dim - 1;
    for (size_t i = 0; i < n; i++) {
        const double *row = x + i * d->dim, z = row[0] / o->sd, width = exp(row[0] / 2);
        double sum = z * z;
        for (size_t j = 1; j < d->dim; j++)
            if (row[j] != 0) /* far down the neck the width underflows to 0 */
                sum += row[j] / width * (row[j] / width);
        log_p[i] = -(sum + others * row[0] + (double)d->dim * log_2_pi) / 2 - log(o->sd);
        if (isnan(log_p[i])) /* inf - inf: the exponential grows faster */
            log_p[i] = -HUGE_VAL;
    }
}

/* -x_1 / sd^2 + (sum_j x_j^2 e^-x_1 - (dim - 1)) / 2 along the first coordinate, and
 * -x_j e^-x_1 along the others. */
static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    const struct funnel_options *o = options;
    const size_t dim = d->dim;
    for (size_t i = 0; i < n; i++) {
        const double *row = x + i * dim, width = exp(row[0] / 2);
        double sum = 1 - (double)dim;
        for (size_t j = 1; j < dim; j++) {
            const double z = row[j] != 0 ? row[j] / width : 0;
            sum += z * z;
            to[i * dim + j] = z != 0 ? -z / width : 0;
        }
        to[i * dim] = sum / 2 - row[0] / o->sd / o->sd;
    }
}

/* The entropy of x_1 plus that of the others given x_1, where E log e^(x_1 / 2) = 0. */
static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct funnel_options *o = options;
    return log(o->sd) + (double)d->dim * (0.5 + 0.91893853320467274178);
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_funnel,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "funnel",
    .version = 1,
    .summary =
        "a normal distribution whose width is the exponential of its first coordinate",
    .source = "Neal 2003, Slice sampling, section 8",
    .options = options_table,
    .options_size = sizeof(struct funnel_options),
    .dataset = &ops,
};
