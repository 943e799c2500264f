/* A right data set that the plugins here spoil: two normal distributions in the plane,
 * labelled, the first with a quarter of the rows. */
#include <fmrun/plugin.h>
#include <math.h>

static const double weights[] = {0.25, 0.75}, means[] = {-2, 0, 2, 1},
                    sds[] = {0.5, 1, 1, 0.25}, variances[] = {0.25, 1, 1, 0.0625};
static const uint32_t labels_of_components[] = {0, 1};
static const struct fm_mixture mixture = {2,     2,         weights,
                                          means, variances, labels_of_components};

static inline uint32_t right_row(struct fm_stream stream, uint64_t row, double *x)
{
    struct fm_rng r = fm_rng_at(stream, row);
    const uint32_t k = fm_rng_uniform(&r) >= weights[0];
    for (size_t j = 0; j < 2; j++)
        x[j] = means[2 * k + j] + sds[2 * k + j] * fm_rng_normal(&r);
    return k;
}

static inline double component(size_t k, const double *x)
{
    double p = weights[k];
    for (size_t j = 0; j < 2; j++) {
        const double z = (x[j] - means[2 * k + j]) / sds[2 * k + j];
        p *= exp(-z * z / 2) / (sds[2 * k + j] * sqrt(6.28318530717958648));
    }
    return p;
}

static inline double right_density(const double *x)
{
    return component(0, x) + component(1, x);
}

static inline double right_score(const double *x, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < 2; k++)
        sum += component(k, x) * (means[2 * k + j] - x[j]) / variances[2 * k + j];
    return sum / right_density(x);
}

#define OPEN(of_set)                                                                       \
    enum fm_status open_set(const void *options, const struct fm_services *services,       \
                            struct fm_dataset *d, struct fm_error *err)                    \
    {                                                                                      \
        (void)options, (void)services;                                                     \
        if (d->dim != 0 && d->dim != 2)                                                    \
            return fm_fail(err, FM_ERROR_CONFIG, "it lies in the plane");                  \
        const bool is_shape = d->shape_only;                                               \
        (void)is_shape;                                                                    \
        *d = (struct fm_dataset){.dim = 2, .mixture = &mixture, .n_labels = 2};            \
        of_set;                                                                            \
        return FM_OK;                                                                      \
    }
#define DRAW                                                                               \
    void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,    \
              uint64_t first_row, size_t n, double *x)
/* of_row: a statement that changes row i of x */
#define DRAW_ROWS(of_row)                                                                  \
    DRAW                                                                                   \
    {                                                                                      \
        (void)options, (void)d;                                                            \
        for (size_t i = 0; i < n; i++) {                                                   \
            (void)right_row(stream, first_row + i, x + 2 * i);                             \
            of_row;                                                                        \
        }                                                                                  \
    }
/* of_label: the label of the row with this number in the stream */
#define DRAW_LABELS(of_label)                                                              \
    void draw_labels(const void *options, const struct fm_dataset *d,                      \
                     struct fm_stream stream, uint64_t first_row, size_t n,                \
                     uint32_t *labels)                                                     \
    {                                                                                      \
        (void)options, (void)d;                                                            \
        for (size_t i = 0; i < n; i++) {                                                   \
            const uint64_t row = first_row + i;                                            \
            double x[2];                                                                   \
            labels[i] = (of_label);                                                        \
        }                                                                                  \
    }
/* of_density: log p at y, which is point i of n; of_score: its derivative along j */
#define DENSITY(of_density)                                                                \
    void log_density(const void *options, const struct fm_dataset *d, size_t n,            \
                     const double *x, double *log_p)                                       \
    {                                                                                      \
        (void)options, (void)d;                                                            \
        for (size_t i = 0; i < n; i++) {                                                   \
            const double *y = x + 2 * i;                                                   \
            log_p[i] = (of_density);                                                       \
        }                                                                                  \
    }
#define SCORE(of_score)                                                                    \
    void score(const void *options, const struct fm_dataset *d, size_t n, const double *x, \
               double *to)                                                                 \
    {                                                                                      \
        (void)options, (void)d;                                                            \
        for (size_t i = 0; i < n; i++)                                                     \
            for (size_t j = 0; j < 2; j++)                                                 \
                to[2 * i + j] = (of_score);                                                \
    }
#define ENTROPY(of_entropy)                                                                \
    double entropy(const void *options, const struct fm_dataset *d)                        \
    {                                                                                      \
        (void)options, (void)d;                                                            \
        return (of_entropy);                                                               \
    }

#define RIGHT_OPEN static OPEN((void)0)
#define RIGHT_DRAW static DRAW_ROWS((void)0)
#define RIGHT_LABELS static DRAW_LABELS(right_row(stream, row, x))
#define RIGHT_DENSITY static DENSITY(log(right_density(y)))
#define RIGHT_SCORE static SCORE(right_score(x + 2 * i, j))
/* by quadrature */
#define RIGHT_ENTROPY static ENTROPY(2.1806)

#define DATASET(its_name)                                                                  \
    static const struct fm_dataset_ops ops = {.size = sizeof ops,                          \
                                              .open = open_set,                            \
                                              .draw = draw,                                \
                                              .log_density = log_density,                  \
                                              .score = score,                              \
                                              .entropy = entropy,                          \
                                              .draw_labels = draw_labels};                 \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_DATASET,                             \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .dataset = &ops}
