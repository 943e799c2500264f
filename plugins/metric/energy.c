/* The energy distance between samples X and data Y, in the squared form of Szekely and
 * Rizzo: E = 2 E|X - Y| - E|X - X'| - E|Y - Y'|, zero exactly when the distributions are
 * equal.  (Its root is a metric; some libraries report that, or half of E.)  The estimate is the
 * V-statistic: means over all pairs, including a row with itself.  So it is never negative, and
 * zero for equal samples, but exceeds E by about (E|X - X'| + E|Y - Y'|) / n.  Compare values at
 * equal n only, and with the floor, the value for two samples of the data. */
#include <fmrun/plugin.h>
#include <math.h>

struct energy_options {
    int64_t points;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"points", FM_INT, offsetof(struct energy_options, points), "2000",
     .minimum = 1, .maximum = 100000, .unit = "rows",
     .help = "how many samples are compared; time grows with the square"},
    {0}};
/* clang-format on */

/* columns[j * n + i] = x[i * dim + j] */
static void transpose(size_t n, size_t dim, const double *x, double *columns)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            columns[j * n + i] = x[i * dim + j];
}

/* 1/n^2 sum_ij |x_i - y_j|.  x: [n][dim]; y_columns: [dim][n]; distances: [n], overwritten. */
static double mean_distance(size_t n, size_t dim, const double *x, const double *y_columns,
                            double *distances)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            distances[j] = 0;
        for (size_t k = 0; k < dim; k++)
            for (size_t j = 0; j < n; j++) {
                double difference = x[i * dim + k] - y_columns[k * n + j];
                distances[j] += difference * difference;
            }
        for (size_t j = 0; j < n; j++)
            distances[j] = sqrt(distances[j]);
        double row = 0;
        for (size_t j = 0; j < n; j++)
            row += distances[j];
        sum += row;
    }
    return sum / ((double)n * (double)n);
}

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    const struct energy_options *o = options;
    const size_t n = m->n < (size_t)o->points ? m->n : (size_t)o->points, dim = m->dim;
    double *x = services->allocate(services, n * dim, sizeof *x);
    double *y = services->allocate(services, n * dim, sizeof *y);
    double *room = services->allocate(services, n, sizeof *room);
    if (!x || !y || !room)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    transpose(n, dim, m->samples, x);
    transpose(n, dim, m->data, y);
    double energy = 2 * mean_distance(n, dim, m->samples, y, room)
                    - mean_distance(n, dim, m->samples, x, room)
                    - mean_distance(n, dim, m->data, y, room);
    if (energy < 0) /* rounding; NaN stays NaN */
        energy = 0;
    *estimate = (struct fm_estimate){.value = energy, .n_used = n};
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_DATA,
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "energy",
    .version = 1,
    .summary = "energy distance to the data (squared form, V-statistic)",
    .source =
        "Szekely and Rizzo 2013, Energy statistics, J. Stat. Plan. Inference 143:1249",
    .options = options_table,
    .options_size = sizeof(struct energy_options),
    .metric = &ops,
};
