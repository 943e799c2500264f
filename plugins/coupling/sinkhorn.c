/* Entropic optimal transport of the batch: pairs drawn from the plan P that minimises
 *     sum_ij P_ij |x0_i - x1_j|^2 + eps sum_ij P_ij log P_ij,   rows and columns sum to 1 / n.
 *
 * Sinkhorn's iterations on exp(f_i + g_j - c_ij / eps), with f and g in the log domain.  An
 * iteration changes only factors u and v outside, so that it is products and sums; f and g
 * take them in before a double holds them badly.  eps falls from the mean cost by factors of
 * four, each time from the last f and g: a small eps alone would need iterations in
 * proportion to its inverse.
 * Source: Cuturi 2013, arXiv:1306.0895; Schmitzer 2019, arXiv:1610.06519, sec. 3.1, 3.2. */
#include <fmrun/plugin.h>
#include <math.h>

enum unit { UNIT_MEAN_COST, UNIT_ONE };

struct sinkhorn_options {
    double eps, tolerance;
    int64_t max_iterations, batches;
    int unit;
};

static const char *const unit_names[] = {"mean_cost", "one", NULL};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"eps",            FM_REAL,   offsetof(struct sinkhorn_options, eps), "0.05",
     .minimum = 0, .maximum = 1e6, .flags = FM_OPTION_ABOVE_MINIMUM,
     .help = "strength of the entropy, in units of unit"},
    {"unit",           FM_CHOICE, offsetof(struct sinkhorn_options, unit), "mean_cost",
     .choices = unit_names,
     .help = "unit of eps: the batch's mean |x0 - x1|^2 over all pairs, or 1 as in POT"},
    {"max_iterations", FM_INT,    offsetof(struct sinkhorn_options, max_iterations), "1000",
     .minimum = 1, .maximum = 1e9, .help = "iterations at the final eps; then the plan is used as it is"},
    {"tolerance",      FM_REAL,   offsetof(struct sinkhorn_options, tolerance), "1e-4",
     .minimum = 0, .maximum = 1,
     .help = "iterations stop when the error of the marginals is no larger"},
    FM_COUPLING_BATCHES(struct sinkhorn_options, batches),
    {0}};
/* clang-format on */

static void prepare(const void *options, struct fm_coupling_scheme *scheme)
{
    const struct sinkhorn_options *o = options;
    scheme->batches = (size_t)o->batches;
    scheme->uses_noise = true;
}

enum { LANES = 8 };           /* partial sums, in one order on every machine */
static const double FAR = 50; /* beyond this |log v|, g takes v in */

/* P_ij = u_i kernel_ij v_j / n, kernel_ij = exp((f_i + g_j - cost_ij) / level). */
struct plan {
    size_t n;
    double *cost;   /* [n][n], divided by eps */
    double *kernel; /* [n][n]: rows sum to 1 */
    double *f, *g, *u, *v, *sums;
    double level; /* eps at present, in units of the final one */
};

static double dot(size_t n, const double *x, const double *y)
{
    double lanes[LANES] = {0}, rest = 0;
    size_t j = 0;
    for (; j + LANES <= n; j += LANES)
        for (size_t k = 0; k < LANES; k++)
            lanes[k] += x[j + k] * y[j + k];
    for (; j < n; j++)
        rest += x[j] * y[j];
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5]))
           + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7])) + rest;
}

/* Sets f, given g, so that rows sum to 1, and the kernel. */
static void update_rows(struct plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const double *cost = p->cost + i * p->n;
        double *kernel = p->kernel + i * p->n, most = -HUGE_VAL, sum = 0;
        for (size_t j = 0; j < p->n; j++)
            most = fmax(most, p->g[j] - cost[j]);
        for (size_t j = 0; j < p->n; j++) {
            double exponent = (p->g[j] - cost[j] - most) / p->level;
            kernel[j] = exponent > -600 ? exp(exponent) : 0;
            sum += kernel[j];
        }
        for (size_t j = 0; j < p->n; j++)
            kernel[j] /= sum;
        p->f[i] = -most - p->level * log(sum);
    }
    for (size_t j = 0; j < p->n; j++)
        p->u[j] = p->v[j] = 1;
}

/* Sets g, given f, so that columns sum to 1. */
static void update_columns(struct plan *p)
{
    double *most = p->u, *sums = p->sums; /* update_rows sets u again */
    for (size_t j = 0; j < p->n; j++) {
        most[j] = -HUGE_VAL;
        sums[j] = 0;
    }
    for (size_t i = 0; i < p->n; i++)
        for (size_t j = 0; j < p->n; j++)
            most[j] = fmax(most[j], p->f[i] - p->cost[i * p->n + j]);
    for (size_t i = 0; i < p->n; i++)
        for (size_t j = 0; j < p->n; j++)
            sums[j] += exp((p->f[i] - p->cost[i * p->n + j] - most[j]) / p->level);
    for (size_t j = 0; j < p->n; j++)
        p->g[j] = -most[j] - p->level * log(sums[j]);
}

/* Sets u so that rows sum to 1, and sums to the column sums / v; returns the columns' error. */
static double scale_rows(struct plan *p)
{
    double error = 0;
    for (size_t j = 0; j < p->n; j++)
        p->sums[j] = 0;
    for (size_t i = 0; i < p->n; i++) {
        const double *kernel = p->kernel + i * p->n;
        const double u = 1 / dot(p->n, kernel, p->v);
        p->u[i] = u;
        for (size_t j = 0; j < p->n; j++)
            p->sums[j] += u * kernel[j];
    }
    for (size_t j = 0; j < p->n; j++)
        error += fabs(p->v[j] * p->sums[j] - 1);
    return error / (double)p->n;
}

/* Sets v so that columns sum to 1; g takes it in when it leaves the range. */
static void scale_columns(struct plan *p)
{
    bool is_far = false, is_lost = false;
    for (size_t j = 0; j < p->n; j++) {
        is_lost = is_lost || !(p->sums[j] > 1e-200 && p->sums[j] < 1e200);
        is_far = is_far || fabs(log(p->sums[j])) > FAR;
    }
    if (is_lost) { /* all entries of a column have underflowed */
        for (size_t i = 0; i < p->n; i++)
            p->f[i] += p->level * log(p->u[i]);
        update_columns(p);
        update_rows(p);
        return;
    }
    for (size_t j = 0; j < p->n; j++)
        p->v[j] = 1 / p->sums[j];
    if (!is_far)
        return;
    for (size_t j = 0; j < p->n; j++)
        p->g[j] += p->level * log(p->v[j]);
    update_rows(p);
}

/* Iterates; at the end rows sum to 1 exactly.  Returns the error of the columns. */
static double iterate(struct plan *p, double level, int64_t most, double tolerance)
{
    p->level = level;
    update_rows(p);
    double error = scale_rows(p);
    for (int64_t k = 1; k < most && !(error <= tolerance); k++) {
        scale_columns(p);
        error = scale_rows(p);
    }
    return error;
}

/* g takes v in, for the next level. */
static void keep_columns(struct plan *p)
{
    for (size_t j = 0; j < p->n; j++)
        p->g[j] += p->level * log(p->v[j]);
}

/* Fills p->cost with |x0_i - x1_j|^2 / *unit; *unit is eps, *mean the mean of p->cost. */
static enum fm_status fill_costs(const struct sinkhorn_options *o,
                                 const struct fm_coupling_batch *b, struct plan *p,
                                 double *unit, double *mean, struct fm_error *err)
{
    const size_t n = b->n, dim = b->dim;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double square = 0;
            for (size_t k = 0; k < dim; k++) {
                double difference = b->x0[i * dim + k] - b->x1[j * dim + k];
                square += difference * difference;
            }
            p->cost[i * n + j] = square;
            sum += square / (double)n;
        }
    sum /= (double)n;
    if (!isfinite(sum))
        return fm_fail(err, FM_ERROR_DIVERGED,
                       "sinkhorn: the mean squared distance is not finite");
    *unit = o->unit == UNIT_ONE ? o->eps : o->eps * sum;
    if (!(*unit > 0))
        *unit = 1; /* all distances are 0: every plan is optimal */
    for (size_t k = 0; k < n * n; k++)
        p->cost[k] /= *unit;
    *mean = sum / *unit;
    if (!isfinite(*mean))
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "sinkhorn: eps is too small compared with the mean squared distance %g; "
            "unit: mean_cost takes it relative to that",
            sum);
    return FM_OK;
}

static double plan_cost(const struct plan *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        double row = 0;
        for (size_t j = 0; j < p->n; j++)
            row += p->kernel[i * p->n + j] * p->v[j] * p->cost[i * p->n + j];
        sum += p->u[i] * row;
    }
    return sum / (double)p->n;
}

/* Draws a pair: a row, all equally likely, then a column by the weights of that row. */
static void draw(const struct plan *p, struct fm_rng r, uint32_t *i0, uint32_t *i1)
{
    const size_t i = fm_rng_below(&r, (uint32_t)p->n);
    const double *kernel = p->kernel + i * p->n;
    double left = fm_rng_uniform(&r) / p->u[i];
    size_t last = 0;
    for (size_t j = 0; j < p->n && left >= 0; j++) {
        double weight = kernel[j] * p->v[j];
        left -= weight;
        last = weight > 0 ? j : last; /* rounding may leave a rest */
    }
    *i0 = (uint32_t)i;
    *i1 = (uint32_t)last;
}

static enum fm_status pair(const void *options, const struct fm_services *services,
                           const struct fm_coupling_batch *b,
                           struct fm_coupling_report *report, struct fm_error *err)
{
    const struct sinkhorn_options *o = options;
    const size_t n = b->n;
    double unit = 1, level = 1;
    struct plan p = {
        .n = n,
        .cost = services->allocate(services, n * n, sizeof(double)),
        .kernel = services->allocate(services, n * n, sizeof(double)),
        .f = services->allocate(services, n, sizeof(double)),
        .g = services->allocate(services, n, sizeof(double)),
        .u = services->allocate(services, n, sizeof(double)),
        .v = services->allocate(services, n, sizeof(double)),
        .sums = services->allocate(services, n, sizeof(double)),
    };
    if (!p.cost || !p.kernel || !p.f || !p.g || !p.u || !p.v || !p.sums)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(fill_costs(o, b, &p, &unit, &level, err));
    for (; level > 1; level /= 4) {
        (void)iterate(&p, level, 20, 0.05);
        keep_columns(&p);
    }
    report->marginal_error = iterate(&p, 1, o->max_iterations, o->tolerance);
    report->plan_cost = unit * plan_cost(&p);
    for (size_t k = 0; k < n; k++)
        draw(&p, fm_rng_at(b->noise, k), &b->i0[k], &b->i1[k]);
    return FM_OK;
}

static const struct fm_coupling_ops ops = {
    .size = sizeof ops, .prepare = prepare, .pair = pair};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_COUPLING,
    .name = "sinkhorn",
    .version = 1,
    .summary = "pairs drawn from the entropic optimal transport plan of a batch",
    .source = "Cuturi 2013, arXiv:1306.0895; Schmitzer 2019, arXiv:1610.06519",
    .options = options_table,
    .options_size = sizeof(struct sinkhorn_options),
    .coupling = &ops,
};
