/* A right set in six dimensions: standard normal, or wider. */
#include <fmrun/plugin.h>

struct ball_options {
    double sd;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"sd", FM_REAL, offsetof(struct ball_options, sd), "1",
     .minimum = 0.1, .maximum = 10, .help = "standard deviation"},
    {0}};
/* clang-format on */

static enum fm_status open_set(const void *options, const struct fm_services *services,
                               struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services, (void)err;
    *d = (struct fm_dataset){.dim = 6};
    return FM_OK;
}

/* of_row: the sd of rows; of_density: that of the density */
#define BALL(its_name, of_row, of_density)                                                 \
    static void draw(const void *options, const struct fm_dataset *d,                      \
                     struct fm_stream stream, uint64_t first_row, size_t n, double *x)     \
    {                                                                                      \
        const struct ball_options *o = options;                                            \
        (void)o;                                                                           \
        for (size_t i = 0; i < n; i++) {                                                   \
            struct fm_rng r = fm_rng_at(stream, first_row + i);                            \
            for (size_t j = 0; j < d->dim; j++)                                            \
                x[i * d->dim + j] = (of_row)*fm_rng_normal(&r);                            \
        }                                                                                  \
    }                                                                                      \
    static void log_density(const void *options, const struct fm_dataset *d, size_t n,     \
                            const double *x, double *log_p)                                \
    {                                                                                      \
        const struct ball_options *o = options;                                            \
        (void)o;                                                                           \
        for (size_t i = 0; i < n; i++) {                                                   \
            log_p[i] = 0;                                                                  \
            for (size_t j = 0; j < d->dim; j++) {                                          \
                const double sd = (of_density), z = x[i * d->dim + j] / sd;                \
                log_p[i] -= z * z / 2 + log(sd * sqrt(6.28318530717958648));               \
            }                                                                              \
        }                                                                                  \
    }                                                                                      \
    static const struct fm_dataset_ops ops = {                                             \
        .size = sizeof ops, .open = open_set, .draw = draw, .log_density = log_density};   \
    const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,                               \
                                           .kind = FM_DATASET,                             \
                                           .name = its_name,                               \
                                           .version = 1,                                   \
                                           .summary = "breaks a promise",                  \
                                           .options = options_table,                       \
                                           .options_size = sizeof(struct ball_options),    \
                                           .dataset = &ops}
