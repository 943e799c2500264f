/* sum_k w_k N(m_k, diag(sd_k^2)), given by a preset or by its numbers.
 *
 * "8gaussians" names three different distributions in the literature, of eight equally likely
 * modes on a circle:
 *   8gaussians           radius 5, sd 1; modes drawn
 *   8gaussians_tong2023  the same with equally many rows of each mode, as torchdyn lays them
 *                        out: Tong et al. 2023, arXiv:2302.00482, their 2-D runner
 *   8gaussians_torchcfm  radius 5, sd .1^(1/4): TorchCFM's eight_normal_sample, whose "var"
 *                        sqrt(.1) is the variance of a coordinate
 *   8gaussians_dsb       radius 12, sd 1.5: De Bortoli et al. 2021, arXiv:2106.01357, (radius 4,
 *                        sd .5) times 3 */
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

enum preset { NONE, EIGHT, EIGHT_TONG2023, EIGHT_TORCHCFM, EIGHT_DSB, N_PRESETS };
static const char *const preset_names[] = {
    "none",           "8gaussians", "8gaussians_tong2023", "8gaussians_torchcfm",
    "8gaussians_dsb", NULL};
static const struct {
    double radius, sd;
    bool is_balanced; /* each 8 rows of a stream have one of each component */
} presets[N_PRESETS] = {{0, 0, false},
                        {5, 1, false},
                        {5, 1, true},
                        {5, 0.56234132519034908039 /* .1^(1/4) */, false},
                        {12, 1.5, false}};

struct mixture_options {
    int preset;
    struct fm_reals weights;
    struct fm_matrix means, sd;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"preset", FM_CHOICE, offsetof(struct mixture_options, preset), "none",
     .choices = preset_names, .help = "a distribution from the literature instead of numbers"},
    {"weights", FM_REALS, offsetof(struct mixture_options, weights), "",
     .minimum = 0, .maximum = 1e150, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "weight of each component, up to a common factor; none: all equal"},
    {"means", FM_MATRIX, offsetof(struct mixture_options, means), "",
     .help = "mean of each component, one row each"},
    {"sd", FM_MATRIX, offsetof(struct mixture_options, sd), "",
     .minimum = 0, .maximum = 1e150, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "standard deviations: [[1]] for all, or a row for each component, of one or dim "
             "numbers; none: 1"},
    {0}};
/* clang-format on */

/* A mixture with writable numbers, and what drawing needs in addition. */
struct state {
    struct fm_mixture mixture;
    double *weights, *means, *variances;
    double *cumulative; /* [n_components]: weights up to and with each */
    double *sd;         /* [n_components][dim] */
    uint32_t *labels;   /* [n_components] */
    bool is_balanced;   /* each n_components rows have one of each component */
};

static enum fm_status allocate(const struct fm_services *services, size_t n, size_t dim,
                               struct state **state, struct fm_error *err)
{
    struct state *s = services->allocate(services, 1, sizeof *s);
    double *numbers = services->allocate(services, n * (2 + 3 * dim), sizeof *numbers);
    uint32_t *labels = services->allocate(services, n, sizeof *labels);
    if (!s || !numbers || !labels)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    s->weights = numbers;
    s->means = numbers + n;
    s->variances = s->means + n * dim;
    s->cumulative = s->variances + n * dim;
    s->sd = s->cumulative + n;
    s->labels = labels;
    for (size_t k = 0; k < n; k++)
        labels[k] = (uint32_t)k;
    s->mixture = (struct fm_mixture){n, dim, s->weights, s->means, s->variances, labels};
    *state = s;
    return FM_OK;
}

static enum fm_status check(const struct mixture_options *o, struct fm_error *err)
{
    const size_t n = o->means.n_rows, dim = o->means.n_columns;
    if (o->preset != NONE && (o->means.n_rows || o->sd.n_rows || o->weights.n))
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "dataset gaussian_mixture: preset %s fixes weights, means and sd; give "
            "either a preset or numbers",
            preset_names[o->preset]);
    if (o->preset == NONE && (n == 0 || dim == 0))
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset gaussian_mixture: give a preset (8gaussians) or means");
    if (o->weights.n != 0 && o->weights.n != n)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset gaussian_mixture: %zu weights for %zu means", o->weights.n,
                       n);
    if (o->sd.n_rows != 0
        && ((o->sd.n_rows != n && !(o->sd.n_rows == 1 && o->sd.n_columns == 1))
            || (o->sd.n_columns != dim && o->sd.n_columns != 1)))
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "dataset gaussian_mixture: sd is %zu x %zu; for these means it must be "
            "1 x 1, %zu x 1, or %zu x %zu",
            o->sd.n_rows, o->sd.n_columns, n, n, dim);
    return FM_OK;
}

static double sd_of(const struct fm_matrix *sd, size_t k, size_t j)
{
    if (sd->n_rows == 0)
        return 1;
    return sd
        ->values[(sd->n_rows == 1 ? 0 : k) * sd->n_columns + (sd->n_columns == 1 ? 0 : j)];
}

static void fill_preset(enum preset preset, struct state *s)
{
    s->is_balanced = presets[preset].is_balanced;
    for (size_t k = 0; k < 8; k++) {
        double angle = 3.14159265358979323846 / 4 * (double)k;
        s->weights[k] = 1.0 / 8;
        s->means[2 * k] = presets[preset].radius * cos(angle);
        s->means[2 * k + 1] = presets[preset].radius * sin(angle);
        s->variances[2 * k] = s->variances[2 * k + 1] =
            presets[preset].sd * presets[preset].sd;
    }
}

static void fill_numbers(const struct mixture_options *o, struct state *s)
{
    const size_t n = o->means.n_rows, dim = o->means.n_columns;
    double total = 0;
    for (size_t k = 0; k < n; k++)
        total += o->weights.n ? o->weights.values[k] : 1;
    for (size_t k = 0; k < n; k++) {
        s->weights[k] = (o->weights.n ? o->weights.values[k] : 1) / total;
        for (size_t j = 0; j < dim; j++) {
            s->means[k * dim + j] = o->means.values[k * dim + j];
            s->variances[k * dim + j] = sd_of(&o->sd, k, j) * sd_of(&o->sd, k, j);
        }
    }
}

static void prepare_draw(struct state *s)
{
    const struct fm_mixture *m = &s->mixture;
    double sum = 0;
    for (size_t k = 0; k < m->n_components; k++)
        s->cumulative[k] = sum += m->weights[k];
    s->cumulative[m->n_components - 1] =
        1; /* whatever rounding did, each u < 1 has a component */
    for (size_t i = 0; i < m->n_components * m->dim; i++)
        s->sd[i] = sqrt(m->variances[i]);
}

static enum fm_status open_mixture(const void *options, const struct fm_services *services,
                                   struct fm_dataset *d, struct fm_error *err)
{
    const struct mixture_options *o = options;
    FM_TRY(check(o, err));
    const size_t n = o->preset == NONE ? o->means.n_rows : 8;
    const size_t dim = o->preset == NONE ? o->means.n_columns : 2;
    if (d->dim != 0 && d->dim != dim)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset gaussian_mixture has %zu coordinates, but %zu are needed",
                       dim, d->dim);
    struct state *s = NULL;
    FM_TRY(allocate(services, n, dim, &s, err));
    if (o->preset == NONE)
        fill_numbers(o, s);
    else
        fill_preset((enum preset)o->preset, s);
    prepare_draw(s);
    *d = (struct fm_dataset){.dim = dim, .mixture = &s->mixture, .state = s, .n_labels = n};
    return FM_OK;
}

enum { N_AT_ONCE = 64, N_MODES = 8 /* of the presets */ };

static size_t component_of(const struct state *s, double u)
{
    size_t k = 0;
    for (size_t c = 0; c + 1 < s->mixture.n_components; c++)
        k += u >= s->cumulative[c]; /* without a branch, which could not be predicted */
    return k;
}

/* The component of each row of the block: a shuffle with random numbers of its own. */
static void shuffle(struct fm_stream stream, uint64_t block, size_t n, uint32_t *components)
{
    stream.stream |= (uint32_t)1 << 31;
    struct fm_rng r = fm_rng_at(stream, block);
    for (size_t k = 0; k < n; k++) {
        const size_t place = fm_rng_below(&r, (uint32_t)k + 1);
        components[k] = components[place];
        components[place] = (uint32_t)k;
    }
}

/* The components of rows when each has equally many. */
static void deal(struct fm_stream stream, uint64_t first_row, size_t n,
                 uint32_t *components)
{
    uint32_t order[N_MODES];
    for (size_t i = 0; i < n; i++) {
        const uint64_t row = first_row + i;
        if (i == 0 || row % N_MODES == 0)
            shuffle(stream, row / N_MODES, N_MODES, order);
        components[i] = order[row % N_MODES];
    }
}

/* Chooses the components of n <= N_AT_ONCE rows by the first block of each row's sequence. */
static void choose(const struct fm_dataset *d, struct fm_stream stream, uint64_t first_row,
                   size_t n, uint32_t *components)
{
    const struct state *s = d->state;
    double u[N_AT_ONCE];
    if (s->is_balanced) {
        deal(stream, first_row, n, components);
        return;
    }
    d->services->uniforms(stream, 0, first_row, n, 1, u);
    for (size_t i = 0; i < n; i++)
        components[i] = (uint32_t)component_of(s, u[i]);
}

/* The other blocks of a row's sequence are its normals. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    (void)options;
    const struct state *s = d->state;
    const size_t dim = d->dim;
    uint32_t components[N_AT_ONCE];
    d->services->normals(stream, 1, first_row, n, dim, x);
    for (size_t first = 0; first < n; first += N_AT_ONCE) {
        const size_t n_rows = n - first < N_AT_ONCE ? n - first : N_AT_ONCE;
        choose(d, stream, first_row + first, n_rows, components);
        for (size_t i = 0; i < n_rows; i++) {
            double *row = x + (first + i) * dim;
            const size_t k = components[i];
            for (size_t j = 0; j < dim; j++)
                row[j] = s->means[k * dim + j] + s->sd[k * dim + j] * row[j];
        }
    }
}

static void draw_labels(const void *options, const struct fm_dataset *d,
                        struct fm_stream stream, uint64_t first_row, size_t n,
                        uint32_t *labels)
{
    (void)options;
    for (size_t first = 0; first < n; first += N_AT_ONCE)
        choose(d, stream, first_row + first, n - first < N_AT_ONCE ? n - first : N_AT_ONCE,
               labels + first);
}

/* log w_k N(x; m_k, diag(variance_k)) */
static double log_component(const struct fm_mixture *m, size_t k, const double *x)
{
    const double log_2_pi = 1.83787706640934548356;
    double sum = log(m->weights[k]);
    for (size_t j = 0; j < m->dim; j++) {
        double variance = m->variances[k * m->dim + j], z = x[j] - m->means[k * m->dim + j];
        sum -= (z * (z / variance) + log(variance) + log_2_pi) / 2;
    }
    return sum;
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    (void)options;
    const struct fm_mixture *m = d->mixture;
    for (size_t i = 0; i < n; i++) {
        double largest = -HUGE_VAL, sum = 0;
        for (size_t k = 0; k < m->n_components; k++)
            largest = fmax(largest, log_component(m, k, x + i * m->dim));
        for (size_t k = 0; largest > -HUGE_VAL && k < m->n_components; k++)
            sum += exp(log_component(m, k, x + i * m->dim) - largest);
        log_p[i] = largest > -HUGE_VAL ? largest + log(sum) : -HUGE_VAL;
    }
}

/* sum_k r_k(x) (m_k - x) / variance_k, r_k the posterior weights. */
static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)options;
    const struct fm_mixture *m = d->mixture;
    for (size_t i = 0; i < n; i++) {
        const double *row = x + i * m->dim;
        double *sum = to + i * m->dim, log_p;
        log_density(options, d, 1, row, &log_p);
        for (size_t j = 0; j < m->dim; j++)
            sum[j] = 0;
        for (size_t k = 0; k < m->n_components; k++) {
            const double r = exp(log_component(m, k, row) - log_p);
            for (size_t j = 0; r > 0 && j < m->dim; j++)
                sum[j] +=
                    r * (m->means[k * m->dim + j] - row[j]) / m->variances[k * m->dim + j];
        }
    }
}

/* In closed form for one component, by quadrature in the plane; else unknown. */
static double entropy(const void *options, const struct fm_dataset *d)
{
    const struct fm_mixture *m = d->mixture;
    double sum = 0, low[2] = {HUGE_VAL, HUGE_VAL}, high[2] = {-HUGE_VAL, -HUGE_VAL};
    double least = HUGE_VAL;
    for (size_t j = 0; m->n_components == 1 && j < m->dim; j++)
        sum += (log(m->variances[j]) + 2.83787706640934548356) / 2;
    if (m->n_components == 1 || m->dim != 2)
        return m->n_components == 1 ? sum : (double)NAN;
    for (size_t i = 0; i < 2 * m->n_components; i++) {
        const double sd = sqrt(m->variances[i]);
        low[i % 2] = fmin(low[i % 2], m->means[i] - 9 * sd);
        high[i % 2] = fmax(high[i % 2], m->means[i] + 9 * sd);
        least = fmin(least, sd);
    }
    return fm_plane_entropy(options, d, log_density, low, high, least);
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_mixture,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy,
                                          .draw_labels = draw_labels};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "gaussian_mixture",
    .version = 3,
    .summary = "mixture of normal distributions: 8gaussians, or any by its numbers",
    .source = "8gaussians: Tong et al. 2023, arXiv:2302.00482, and its code",
    .options = options_table,
    .options_size = sizeof(struct mixture_options),
    .dataset = &ops,
};
