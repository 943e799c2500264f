/* UniPC-p: an exponential multistep predictor-corrector for m, the expected x1, in
 * l = log(alpha / sigma), with one evaluation a step.  From t to t', h = l' - l:
 *
 *     base       b = sigma' / sigma x + (alpha' - sigma' alpha / sigma) m
 *     predictor  x' = b + sum of w_j (m_j - m) over the p - 1 steps before
 *     corrector  x' = b + sum of w_j (m_j - m) over those and m' of the prediction
 *
 * The next step starts from the corrected x'; m' is not evaluated again, and the last point is
 * not corrected.  The weights integrate the polynomial through the m_j exactly.  With a single
 * difference they are -alpha' B(h) / 2 / r_j instead, r_j = (l_j - l) / h, with B(h) = -h (bh1)
 * or e^-h - 1 (bh2).  The first steps have the highest order that their history allows.
 *
 * Where l is infinite: an old point there is dropped, which is the limit; a step to it is the
 * base alone; a step from it is corrected where the weight is finite (bh2). */
#include <fmrun/diffusion.h>
#include <fmrun/multistep.h>
#include <fmrun/plugin.h>

enum { MAX_ORDER = 3 };
enum variant { BH1, BH2 };

struct options {
    int64_t order;
    int variant;
};

static const char *const variants[] = {"bh1", "bh2", NULL};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"order", FM_INT, offsetof(struct options, order), "2", .minimum = 1, .maximum = MAX_ORDER,
     .help = "order p of the predictor; the corrector has p + 1"},
    {"variant", FM_CHOICE, offsetof(struct options, variant), "bh2", .choices = variants,
     .help = "B(h), the weight of a single difference: bh1 h, bh2 e^h - 1"},
    {0}};
/* clang-format on */

/* The end point has order p + 1; but with p = 3 the first step, which is UniPC-1, has an error of
 * h^3. */
static enum fm_status prepare(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err)
{
    const struct options *o = options;
    (void)services, (void)err;
    scheme->order = o->order < MAX_ORDER ? (unsigned)o->order + 1 : MAX_ORDER;
    scheme->n_state = (size_t)o->order + 2;
    return FM_OK;
}

/* phi[k], 2 <= k <= MAX_ORDER + 1: the integral over r in [0, 1] of e^((1 - r) z)
 * r^(k - 1) / (k - 1)!. */
static void phi_functions(double z, double *phi)
{
    double factorial = 1; /* (k - 1)! */
    phi[1] = fabs(z) < 1 ? 0 : expm1(z) / z;
    for (int k = 2; k <= MAX_ORDER + 1; k++) {
        factorial *= k - 1;
        phi[k] = (phi[k - 1] - 1 / factorial) / z;
        if (fabs(z) < 1) { /* where the recurrence cancels: sum_j z^j / (j + k)! */
            double term = 1 / (factorial * k);
            phi[k] = 0;
            for (int j = 1; j <= 20; j++) {
                phi[k] += term;
                term *= z / (j + k);
            }
        }
    }
}

/* Sets the weights of m at n nodes (l_j - l) / h, one of them 0, which the base leaves out.
 * alpha: at l + h. */
static void set_weights(int variant, double alpha, double h, size_t n, const double *node,
                        double *weights)
{
    double phi[MAX_ORDER + 2], c[FM_MAX_HISTORY];
    if (n == 1) {
        weights[0] = 0;
        return;
    }
    if (n == 2) {
        const double b = variant == BH1 ? -h : expm1(-h);
        const size_t other = node[0] == 0;
        weights[other] = -alpha * b / 2 / node[other];
        weights[!other] = -weights[other];
        return;
    }
    phi_functions(-h, phi);
    for (size_t j = 0; j < n; j++) {
        double factorial = 1, sum = 0;
        fm_lagrange(n, node, j, c);
        for (size_t k = 1; k < n; k++) {
            factorial *= (double)k;
            sum += c[k] * factorial * phi[k + 1];
        }
        weights[j] = alpha * h * sum;
    }
}

/* l: of the last n points, newest first.  How many are finite in a row, from l[first] on. */
static size_t n_finite(const double *l, size_t first, size_t n)
{
    size_t i = first;
    while (i < n && isfinite(l[i]))
        i++;
    return i - first;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Sets the weights of the last points, the newest included, that correct the step to it, and
 * returns how many; 0: it stays as predicted. */
static size_t corrector(const struct options *o, const double *l, size_t n, double alpha,
                        double *weights)
{
    double node[MAX_ORDER + 1] = {1, 0};
    if (n < 2 || !isfinite(l[0]))
        return 0;
    size_t order = smaller((size_t)o->order, n_finite(l, 1, n));
    if (order == 0)
        order = 1; /* the step started where l is infinite */
    for (size_t j = 2; j <= order; j++)
        node[j] = (l[j] - l[1]) / (l[0] - l[1]);
    set_weights(o->variant, alpha, l[0] - l[1], order + 1, node, weights);
    return isfinite(weights[0]) ? order + 1 : 0;
}

/* Sets the weights of the last points that predict the next one, and returns how many; 1: the
 * base alone. */
static size_t predictor(const struct options *o, const double *l, size_t n, double l_next,
                        double alpha, double *weights)
{
    double node[MAX_ORDER] = {0};
    size_t order = smaller((size_t)o->order, n_finite(l, 0, n));
    if (order == 0 || !isfinite(l_next))
        order = 1;
    for (size_t j = 1; j < order; j++)
        node[j] = (l[j] - l[0]) / (l_next - l[0]);
    set_weights(o->variant, alpha, l_next - l[0], order, node, weights);
    return order;
}

/* State: m of the last order + 1 points, and the base of the step to this one. */
static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    const struct options *o = options;
    const size_t size = s->n * s->dim;
    const struct fm_history past = fm_history_of(s, (size_t)o->order + 1);
    double l[MAX_ORDER + 1], weights[MAX_ORDER + 1], m_x, m_v, b_x, b_v;
    double *m = past.v[0], *base = past.free;
    struct fm_path_point begin, end;
    FM_TRY(fm_step_begin(s, m, &begin, &end, err));
    for (size_t j = 0; j < past.n; j++) {
        struct fm_path_point point;
        s->path(s, past.t[j], &point);
        l[j] = fm_path_log_snr(&point);
    }

    fm_predict_weights(&begin, 1, 0, &m_x, &m_v);
    const size_t n_corrects = corrector(o, l, past.n, begin.alpha, weights);
    if (n_corrects > 0) {
        for (size_t i = 0; i < size; i++)
            m[i] = m_x * s->x[i] + m_v * m[i];
        fm_add_weighted(size, n_corrects, weights, past.v, base, base);
        const double ratio = end.sigma / begin.sigma;
        for (size_t i = 0; i < size; i++)
            base[i] = ratio * base[i] + (end.alpha - ratio * begin.alpha) * m[i];
    } else {
        fm_predict_weights(&begin, end.alpha, end.sigma, &b_x, &b_v);
        for (size_t i = 0; i < size; i++) {
            base[i] = b_x * s->x[i] + b_v * m[i];
            m[i] = m_x * s->x[i] + m_v * m[i];
        }
    }
    const size_t n_predicts =
        predictor(o, l, past.n, fm_path_log_snr(&end), end.alpha, weights);
    fm_add_weighted(size, n_predicts, weights, past.v, base, s->x);
    return FM_OK;
}

static const struct fm_solver_ops ops = {
    .size = sizeof ops,
    .scheme = {.order = MAX_ORDER, .needs = FM_NEEDS_AFFINE_PATH},
    .prepare = prepare,
    .step = step};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "unipc",
    .version = 1,
    .summary = "UniPC for affine paths, order 2 or 3, 1 evaluation a step",
    .source = "Zhao et al. 2023, arXiv:2302.04867, sec. 3, with data prediction",
    .options = options_table,
    .options_size = sizeof(struct options),
    .solver = &ops,
};
