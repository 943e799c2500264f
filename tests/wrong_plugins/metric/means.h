/* A right metric that the plugins here spoil: the distance between the means of samples and data. */
#include <fmrun/plugin.h>
#include <math.h>

/* Between the means of the first n rows. */
static inline double distance_of_means(const struct fm_measurement *m, size_t n)
{
    double squared = 0;
    for (size_t j = 0; j < m->dim; j++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += m->samples[i * m->dim + j] - m->data[i * m->dim + j];
        squared += sum / (double)n * (sum / (double)n);
    }
    return sqrt(squared);
}

/* The value and standard error of sqrt(mean over directions of the squared distance of means
 * along it), over the first n rows. */
static inline struct fm_estimate sliced_means(const struct fm_measurement *m, size_t n)
{
    enum { N_DIRECTIONS = 64 };
    double sum = 0, squares = 0;
    for (size_t k = 0; k < N_DIRECTIONS; k++) {
        struct fm_rng r = fm_rng_at(m->noise, k);
        double along = 0, length = 0;
        for (size_t j = 0; j < m->dim; j++) {
            const double z = fm_rng_normal(&r);
            double mean = 0;
            for (size_t i = 0; i < n; i++)
                mean += (m->samples[i * m->dim + j] - m->data[i * m->dim + j]) / (double)n;
            along += z * mean;
            length += z * z;
        }
        sum += along * along / length;
        squares += along * along / length * (along * along / length);
    }
    const double mean = sum / N_DIRECTIONS,
                 error = sqrt(fmax(squares / N_DIRECTIONS - mean * mean, 0) / N_DIRECTIONS);
    return (struct fm_estimate){.value = sqrt(mean),
                                .standard_error = mean > 0 ? error / (2 * sqrt(mean)) : 0,
                                .n_used = m->n};
}

#define MEASURE                                                                            \
    enum fm_status measure(const void *options, const struct fm_services *services,        \
                           const struct fm_measurement *m, struct fm_estimate *estimate,   \
                           struct fm_error *err)
#define METRIC_WITH(its_name, its_direction, its_references)                               \
    static const struct fm_metric_ops ops = {.size = sizeof ops,                           \
                                             .direction = its_direction,                   \
                                             .references = its_references,                 \
                                             .measure = measure};                          \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_METRIC,                              \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .metric = &ops}
#define METRIC(its_name) METRIC_WITH(its_name, FM_LOWER_IS_BETTER, FM_REFERENCE_DATA)
/* spoil: statements between the right value and the return */
#define SPOILT(its_name, spoil)                                                            \
    static MEASURE                                                                         \
    {                                                                                      \
        (void)options, (void)services, (void)err;                                          \
        double value = distance_of_means(m, m->n);                                         \
        *estimate = (struct fm_estimate){.n_used = m->n};                                  \
        spoil;                                                                             \
        estimate->value = value;                                                           \
        return FM_OK;                                                                      \
    }                                                                                      \
    METRIC(its_name)
