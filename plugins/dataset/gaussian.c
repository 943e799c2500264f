/* N(mean, diag(sd^2)): the usual source, x = mean + sd z with z standard normal. */
#include <fmrun/plugin.h>
#include <math.h>

struct gaussian_options {
    struct fm_reals mean, sd;
    int64_t dim;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"mean", FM_REALS, offsetof(struct gaussian_options, mean), "0",
     .help = "mean: one number for all coordinates, or one for each"},
    {"sd", FM_REALS, offsetof(struct gaussian_options, sd), "1",
     .minimum = 0, .maximum = 1e150, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "standard deviation: one number for all coordinates, or one for each"},
    {"dim", FM_INT, offsetof(struct gaussian_options, dim), "0",
     .minimum = 0, .maximum = 1 << 24,
     .help = "number of coordinates; 0: as many as the other set of the pair has"},
    {0}};
/* clang-format on */

static double element(const struct fm_reals *list, size_t j)
{
    return list->values[list->n == 1 ? 0 : j];
}

/* The dimension on which the options and the other set of the pair agree. */
static enum fm_status find_dim(const struct gaussian_options *o, size_t wanted, size_t *dim,
                               struct fm_error *err)
{
    size_t candidates[] = {(size_t)o->dim, o->mean.n > 1 ? o->mean.n : 0,
                           o->sd.n > 1 ? o->sd.n : 0, wanted};
    const char *names[] = {"option dim", "option mean", "option sd",
                           "the rest of the config"};
    size_t found = 0;
    if (o->mean.n == 0 || o->sd.n == 0)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset gaussian: mean and sd can't be empty");
    while (found < 4 && candidates[found] == 0)
        found++;
    if (found == 4)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset gaussian: the number of coordinates is unknown; set dim");
    for (size_t i = found + 1; i < 4; i++)
        if (candidates[i] != 0 && candidates[i] != candidates[found])
            return fm_fail(err, FM_ERROR_CONFIG,
                           "dataset gaussian: %s gives %zu coordinates, but %s %zu",
                           names[found], candidates[found], names[i], candidates[i]);
    *dim = candidates[found];
    return FM_OK;
}

static enum fm_status open_gaussian(const void *options, const struct fm_services *services,
                                    struct fm_dataset *d, struct fm_error *err)
{
    const struct gaussian_options *o = options;
    size_t dim = 0;
    FM_TRY(find_dim(o, d->dim, &dim, err));
    struct fm_mixture *m = services->allocate(services, 1, sizeof *m);
    double *numbers = services->allocate(services, 1 + 2 * dim, sizeof *numbers);
    if (!m || !numbers)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    double *weights = numbers, *means = numbers + 1, *variances = means + dim;
    weights[0] = 1;
    for (size_t j = 0; j < dim; j++) {
        means[j] = element(&o->mean, j);
        variances[j] = element(&o->sd, j) * element(&o->sd, j);
    }
    *m = (struct fm_mixture){.n_components = 1,
                             .dim = dim,
                             .weights = weights,
                             .means = means,
                             .variances = variances};
    *d = (struct fm_dataset){.dim = dim, .mixture = m};
    return FM_OK;
}

static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    const struct gaussian_options *o = options;
    d->services->normals(stream, 0, first_row, n, d->dim, x);
    if (o->mean.n == 1 && o->sd.n == 1) {
        const double mean = o->mean.values[0], sd = o->sd.values[0];
        for (size_t i = 0; i < n * d->dim; i++)
            x[i] = mean + sd * x[i];
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d->dim; j++)
            x[i * d->dim + j] =
                element(&o->mean, j) + element(&o->sd, j) * x[i * d->dim + j];
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    const struct gaussian_options *o = options;
    const double half_log_2_pi = 0.91893853320467274178;
    for (size_t i = 0; i < n; i++) {
        log_p[i] = 0;
        for (size_t j = 0; j < d->dim; j++) {
            double sd = element(&o->sd, j),
                   z = (x[i * d->dim + j] - element(&o->mean, j)) / sd;
            log_p[i] -= z * z / 2 + log(sd) + half_log_2_pi;
        }
    }
}

static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)options;
    const size_t dim = d->dim;
    const double *means = d->mixture->means, *variances = d->mixture->variances;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++)
            to[i * dim + j] = (means[j] - x[i * dim + j]) / variances[j];
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct gaussian_options *o = options;
    double sum = 0;
    for (size_t j = 0; j < d->dim; j++)
        sum += log(element(&o->sd, j)) + 0.5 + 0.91893853320467274178;
    return sum;
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_gaussian,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "gaussian",
    .version = 2,
    .summary = "normal distribution with independent coordinates",
    .options = options_table,
    .options_size = sizeof(struct gaussian_options),
    .dataset = &ops,
};
