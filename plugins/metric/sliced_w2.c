/* The sliced 2-Wasserstein distance between all samples and as many rows of the data:
 *   SW2^2 = mean over directions theta, uniform on the sphere, of W2^2(<theta, x>, <theta, y>),
 * and in one dimension W2^2 = 1/n sum_i (x_(i) - y_(i))^2 over sorted values.  The mean runs
 * over random directions; the standard error says how well they cover the sphere:
 * se(SW2) = se(mean) / (2 SW2). */
#include <fmrun/plugin.h>
#include <fmrun/statistics.h>
#include <math.h>
#include <string.h>

struct sliced_options {
    int64_t n_projections;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"n_projections", FM_INT, offsetof(struct sliced_options, n_projections), "128",
     .minimum = 1, .maximum = 1000000, .help = "number of random directions"},
    {0}};
/* clang-format on */

/* Sets theta, [dim], uniform on the sphere: a normal vector, scaled to length one. */
static void draw_direction(struct fm_stream noise, size_t k, size_t dim, double *theta)
{
    struct fm_rng r = fm_rng_at(noise, k);
    double sum = 0;
    for (size_t j = 0; j < dim; j++) {
        theta[j] = fm_rng_normal(&r);
        sum += theta[j] * theta[j];
    }
    for (size_t j = 0; j < dim; j++)
        theta[j] /= sqrt(sum);
}

/* An integer that sorts as x does: bits of negative numbers inverted, others above them. */
static uint64_t key_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double of_key(uint64_t key)
{
    double x;
    key = key >> 63 ? key & ~((uint64_t)1 << 63) : ~key;
    memcpy(&x, &key, sizeof x);
    return x;
}

/* Sorts keys, ascending, by least significant digit radix sort on bytes; skips bytes that are
 * equal in all keys.  other: [n], overwritten. */
static void sort(uint64_t *keys, uint64_t *other, size_t n)
{
    uint64_t *from = keys, *to = other;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t place[257] = {0};
        for (size_t i = 0; i < n; i++)
            place[(from[i] >> shift & 255) + 1]++;
        if (place[(from[0] >> shift & 255) + 1] == n)
            continue;
        for (size_t b = 0; b < 256; b++)
            place[b + 1] += place[b];
        for (size_t i = 0; i < n; i++)
            to[place[from[i] >> shift & 255]++] = from[i];
        uint64_t *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != keys)
        memcpy(keys, from, n * sizeof *keys);
}

/* Sorted keys of <theta, x_i>. */
static void project(const double *theta, const double *x, size_t n, size_t dim,
                    uint64_t *keys, uint64_t *other)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < dim; j++)
            sum += theta[j] * x[i * dim + j];
        keys[i] = key_of(sum);
    }
    sort(keys, other, n);
}

static enum fm_status measure(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err)
{
    const struct sliced_options *o = options;
    const size_t n_projections = (size_t)o->n_projections;
    double *theta = services->allocate(services, m->dim, sizeof *theta);
    uint64_t *x = services->allocate(services, m->n, sizeof *x);
    uint64_t *y = services->allocate(services, m->n, sizeof *y);
    uint64_t *other = services->allocate(services, m->n, sizeof *other);
    if (!theta || !x || !y || !other)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    struct fm_running_mean mean = {0};
    for (size_t k = 0; k < n_projections; k++) {
        draw_direction(m->noise, k, m->dim, theta);
        project(theta, m->samples, m->n, m->dim, x, other);
        project(theta, m->data, m->n, m->dim, y, other);
        double w2_squared = 0;
        for (size_t i = 0; i < m->n; i++) {
            double difference = of_key(x[i]) - of_key(y[i]);
            w2_squared += difference * difference / (double)m->n;
        }
        fm_running_mean_add(&mean, w2_squared);
    }
    const double value = sqrt(mean.mean), error = fm_running_mean_error(&mean);
    *estimate = (struct fm_estimate){.value = value,
                                     .standard_error = value > 0 ? error / (2 * value) : 0,
                                     .n_used = m->n};
    return FM_OK;
}

static const struct fm_metric_ops ops = {.size = sizeof ops,
                                         .direction = FM_LOWER_IS_BETTER,
                                         .references = FM_REFERENCE_DATA,
                                         .measure = measure};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_METRIC,
    .name = "sliced_w2",
    .version = 1,
    .summary =
        "2-Wasserstein distance to the data, averaged over one-dimensional projections",
    .source =
        "Rabin et al. 2012, Wasserstein barycenter and its application to texture mixing; "
        "Bonneel et al. 2015, J. Math. Imaging Vis. 51:22",
    .options = options_table,
    .options_size = sizeof(struct sliced_options),
    .metric = &ops,
};
