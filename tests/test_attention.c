/* Attention in float compared with plain loops in double, with error bounds. */
#include <config.h>

#include "test_tokens.h"

struct shape {
    size_t n_tokens, width, n_heads; /* width: of all heads */
    double deviation;                /* size of x, which is added to normal numbers */
};

/* The result three times, so that the output is as wide as x. */
static void build(const void *options, struct fm_graph *g)
{
    const struct shape *o = options;
    struct fm_node h = fm_reshape(g, fm_input_x(g), 1, o->n_tokens, 3 * o->width);
    h = fm_attention(g, fm_position(g, h), o->n_heads);
    h = fm_concat(g, fm_concat(g, h, h), h);
    fm_output(g, fm_reshape(g, h, 1, 1, fm_sample_dim(g)));
}

/* ---- the reference ---- */

/* Values of one row: [n_tokens][3 width], of o and do the first third; p and the relative
 * errors of p for one head, [n_tokens][n_tokens]. */
struct reference {
    double *o, *o_bound, *tangent, *tangent_bound, *da, *da_bound;
    double *p, *error;
};

enum { N_ARRAYS = 6 };

static struct reference reference_of(struct tokens *s, size_t n_tokens)
{
    double *f[N_ARRAYS];
    for (size_t k = 0; k < N_ARRAYS; k++)
        f[k] = FM_NEW(&s->arena, s->dim, double);
    return (struct reference){f[0],
                              f[1],
                              f[2],
                              f[3],
                              f[4],
                              f[5],
                              FM_NEW(&s->arena, n_tokens * n_tokens, double),
                              FM_NEW(&s->arena, n_tokens * n_tokens, double)};
}

/* Query, key and value of one head of one row, in the layout of a. */
struct head {
    size_t n, width, row; /* tokens, entries per token, distance of two tokens */
    const float *q, *k, *v;
};

static struct head head_of(const struct shape *o, const float *row, size_t h)
{
    const float *q = row + h * (o->width / o->n_heads);
    return (struct head){o->n_tokens, o->width / o->n_heads, 3 * o->width,
                         q,           q + o->width,          q + 2 * o->width};
}

/* The product of the entries of two tokens, and the sum of the terms' sizes. */
static double dot(const struct head *x, const float *a, size_t i, const float *b, size_t j,
                  double *size)
{
    double sum = 0;
    *size = 0;
    for (size_t c = 0; c < x->width; c++) {
        double term = (double)a[i * x->row + c] * (double)b[j * x->row + c];
        sum += term;
        *size += fabs(term);
    }
    return sum;
}

/* p = softmax(q k / sqrt(width)) and the relative error of a computed p without its sums:
 * that of the score (width products and sums, and the rounding of factor and query), of its
 * distance from the largest, 4 u of 2^x, and the mean of these through 1 / sum p. */
static void weights(const struct head *x, struct reference *r)
{
    const double root = sqrt((double)x->width);
    for (size_t i = 0; i < x->n; i++) {
        double *p = r->p + i * x->n, *error = r->error + i * x->n;
        double largest = -INFINITY, sum = 0, mean = 0, size;
        for (size_t j = 0; j < x->n; j++) {
            p[j] = dot(x, x->q, i, x->k, j, &size) / root;
            error[j] = ((double)x->width + 4) * size / root + 4;
            largest = fmax(largest, p[j]);
        }
        for (size_t j = 0; j < x->n; j++) {
            error[j] += largest - p[j];
            p[j] = exp(p[j] - largest);
            if (p[j] < 0x1p-100) /* products with it may underflow */
                error[j] = 2 / TEST_U;
            sum += p[j];
        }
        for (size_t j = 0; j < x->n; j++) {
            p[j] /= sum;
            mean += p[j] * error[j];
        }
        for (size_t j = 0; j < x->n; j++)
            error[j] += mean;
    }
}

/* The error of the sums: over tokens those of p and of what it weights, over the width, and
 * the rescaling at each of at most n / 64 + 1 tiles. */
static double sums_error(const struct head *x)
{
    return 3 * (double)x->n + 2 * (double)x->width + 30;
}

/* o = p v */
static void values(const struct head *x, size_t at, struct reference *r)
{
    for (size_t i = 0; i < x->n; i++)
        for (size_t c = 0; c < x->width; c++) {
            double sum = 0, bound = 0;
            for (size_t j = 0; j < x->n; j++) {
                double term = r->p[i * x->n + j] * (double)x->v[j * x->row + c];
                sum += term;
                bound += fabs(term) * (r->error[i * x->n + j] + sums_error(x));
            }
            r->o[at + i * x->row + c] = sum;
            r->o_bound[at + i * x->row + c] = bound;
        }
}

/* do = sum_j p_ij ((ds_ij - sum_k p_ik ds_ik) v_j + dv_j), ds = (dq k + q dk) / sqrt(width) */
static void tangents(const struct head *x, const struct head *d, size_t at,
                     struct reference *r)
{
    const double root = sqrt((double)x->width);
    for (size_t i = 0; i < x->n; i++) {
        const double *p = r->p + i * x->n, *error = r->error + i * x->n;
        double mean = 0, mean_size = 0, size, other;
        double *to = r->tangent + at + i * x->row;
        double *bound = r->tangent_bound + at + i * x->row;
        for (size_t c = 0; c < x->width; c++)
            to[c] = bound[c] = 0;
        for (size_t j = 0; j < x->n; j++) {
            double ds = dot(x, d->q, i, x->k, j, &size) + dot(x, x->q, i, d->k, j, &other);
            mean += p[j] * ds / root;
            mean_size += p[j] * (size + other) / root * (error[j] + sums_error(x));
            for (size_t c = 0; c < x->width; c++) {
                double v = (double)x->v[j * x->row + c], dv = (double)d->v[j * x->row + c];
                to[c] += p[j] * (ds / root * v + dv);
                bound[c] += p[j] * ((size + other) / root * fabs(v) + fabs(dv))
                            * (error[j] + sums_error(x));
            }
        }
        for (size_t j = 0; j < x->n; j++)
            for (size_t c = 0; c < x->width; c++) {
                double v = (double)x->v[j * x->row + c];
                to[c] -= mean * p[j] * v;
                bound[c] +=
                    p[j] * fabs(v) * (mean_size + fabs(mean) * (error[j] + sums_error(x)));
            }
    }
}

/* ds_ij = p_ij (do_i v_j - sum_k p_ik do_i v_k), and the reverse mode of the above. */
static void gradients(const struct head *x, const float *g, size_t at, size_t width,
                      struct reference *r)
{
    const double root = sqrt((double)x->width);
    double *dq = r->da + at, *dk = dq + width, *dv = dk + width;
    double *q_bound = r->da_bound + at, *k_bound = q_bound + width;
    double *v_bound = k_bound + width;
    for (size_t i = 0; i < x->n; i++) {
        const double *p = r->p + i * x->n, *error = r->error + i * x->n;
        double mean = 0, mean_bound = 0, size;
        for (size_t j = 0; j < x->n; j++) {
            mean += p[j] * dot(x, g, i, x->v, j, &size);
            mean_bound += p[j] * size * (error[j] + sums_error(x));
        }
        for (size_t j = 0; j < x->n; j++) {
            double ds = p[j] * (dot(x, g, i, x->v, j, &size) - mean) / root;
            double bound =
                p[j] / root
                * ((size + fabs(mean)) * (error[j] + sums_error(x)) + mean_bound);
            for (size_t c = 0; c < x->width; c++) {
                const size_t query = i * x->row + c, key = j * x->row + c;
                dq[query] += ds * (double)x->k[key];
                q_bound[query] += bound * fabs((double)x->k[key]);
                dk[key] += ds * (double)x->q[query];
                k_bound[key] += bound * fabs((double)x->q[query]);
                dv[key] += p[j] * (double)g[query];
                v_bound[key] += p[j] * fabs((double)g[query]) * (error[j] + sums_error(x));
            }
        }
    }
}

/* ---- tests ---- */

/* The output gradient is 0 outside the first third, which the others repeat. */
static void open_shape(struct tokens *s, const struct shape *o, size_t n)
{
    tokens_open(s, o->n_tokens * 3 * o->width, n, build, o, 0, o->deviation);
    for (size_t j = 0; j < s->n * s->dim; j++)
        if (j % (3 * o->width) >= o->width)
            s->g[j] = 0;
}

/* The first third of lines. */
static void compare_lines(const char *what, const struct shape *o, const float *actual,
                          const double *expected, const double *bound)
{
    for (size_t i = 0; i < o->n_tokens; i++) {
        size_t at = i * 3 * o->width;
        tokens_compare(what, o->width, actual + at, expected + at, bound + at);
    }
}

/* Fills r for row `row` and adds to the gradients. */
static void plain_row(const struct tokens *s, const struct shape *o, size_t row,
                      struct reference *r)
{
    for (size_t h = 0; h < o->n_heads; h++) {
        const struct head x = head_of(o, s->a + row * s->dim, h);
        const struct head d = head_of(o, s->dx + row * s->dim, h);
        const size_t at = h * x.width;
        weights(&x, r);
        values(&x, at, r);
        tangents(&x, &d, at, r);
        gradients(&x, s->g + row * s->dim + at, at, o->width, r);
    }
}

static void compare(struct tokens *s, const struct shape *o, struct reference *r)
{
    char title[64];
    (void)snprintf(title, sizeof title, "%zu x %zu, %zu heads", o->n_tokens, o->width,
                   o->n_heads);
    for (size_t j = 0; j < s->dim; j++)
        r->da[j] = r->da_bound[j] = 0;
    for (size_t i = 0; i < s->n; i++) {
        plain_row(s, o, i, r);
        compare_lines(title, o, s->y + i * s->dim, r->o, r->o_bound);
        compare_lines(title, o, s->dy + i * s->dim, r->tangent, r->tangent_bound);
    }
    tokens_compare(title, s->dim, s->d_parameter[0], r->da, r->da_bound);
}

static const struct shape shapes[] = {
    {1, 3, 1, 0},    {2, 5, 1, 0},    {7, 6, 3, 0},    {16, 16, 1, 1},
    {17, 48, 3, 1},  {49, 64, 4, 1},  {64, 16, 1, 0},  {65, 18, 2, 0},
    {66, 7, 7, 1},   {128, 8, 1, 0},  {129, 33, 1, 1}, {300, 12, 3, 1},
    {300, 20, 1, 0}, {33, 200, 2, 0}, {49, 16, 1, 5},  {70, 16, 2, 40},
};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

START_TEST(attention_is_the_plain_one_in_all_modes)
{
    const struct shape *o = &shapes[_i];
    struct tokens s;
    open_shape(&s, o, 2);
    struct reference r = reference_of(&s, o->n_tokens);
    for (size_t k = 0; k < TOKENS_N_ISAS; k++)
        if (fm_isa_force(tokens_isas[k])) {
            tokens_run(&s);
            compare(&s, o, &r);
        }
    tokens_close(&s);
}
END_TEST

/* x holds all of a. */
static void clear_table(struct tokens *s)
{
    size_t n_parameters;
    const struct fm_parameter *p = fm_net_parameters(s->net, &n_parameters);
    memset(s->parameter[0], 0, s->dim * sizeof *s->x);
    fm_parameter_import(&p[0], s->parameter[0], s->theta);
}

/* Query 0 gives token j the score size j, far above the range of exp; the largest is in the
 * last tile, or in the first if size is negative.  The other queries give the opposite.  Each
 * query gets exactly the value of the token with the largest score. */
START_TEST(the_largest_of_huge_scores_has_all_the_weight)
{
    static const double sizes[] = {1e4, -1e4, 1e9, -1e9, 1e15};
    const struct shape o = {150, 4, 1, 0};
    struct tokens s;
    open_shape(&s, &o, 1);
    clear_table(&s);
    for (size_t i = 0; i < o.n_tokens; i++)
        for (size_t c = 0; c < 4; c++) {
            float *a = s.x + i * 12 + c;
            a[0] = c > 0 ? 0 : i == 0 ? 1 : -1;
            a[4] = c > 0 ? 0 : (float)((double)i * 2 * sizes[_i]);
            a[8] = (float)(i + 1000 * c);
        }
    for (size_t k = 0; k < TOKENS_N_ISAS; k++) {
        if (!fm_isa_force(tokens_isas[k]))
            continue;
        tokens_run(&s);
        for (size_t i = 0; i < o.n_tokens; i++)
            for (size_t c = 0; c < 4; c++) {
                size_t winner = (i == 0) == (sizes[_i] > 0) ? o.n_tokens - 1 : 0;
                ck_assert(s.y[i * 12 + c] == (float)(winner + 1000 * c));
                ck_assert(isfinite(s.d_parameter[0][i * 12 + c]));
                ck_assert(isfinite(s.d_parameter[0][i * 12 + 4 + c]));
                ck_assert(isfinite(s.dy[i * 12 + c]));
            }
    }
    tokens_close(&s);
}
END_TEST

/* NaN in a query affects its own token, in a key all tokens, in a value its column of all
 * tokens; heads are independent. */
START_TEST(nan_reaches_what_depends_on_it)
{
    static const struct shape o = {70, 36, 2, 1}; /* 18 per head */
    struct tokens s;
    open_shape(&s, &o, 2);
    const size_t token = 65, head = 1, third = (size_t)_i, c = 17;
    const size_t line = 3 * o.width, own = head * 18 + c;
    s.x[token * line + third * o.width + own] = NAN;
    for (size_t k = 0; k < TOKENS_N_ISAS; k++) {
        if (!fm_isa_force(tokens_isas[k]))
            continue;
        const struct fm_net_input input = {.t = s.t, .x = s.x};
        tokens_copy(&s, fm_net_forward(s.net, s.theta, s.forward, s.n, &input), s.y);
        for (size_t j = 0; j < s.n * s.dim; j++) {
            size_t column = j % line % o.width;
            bool is_spoiled = j < s.dim && column / 18 == head
                              && (third == 0   ? j / line == token
                                  : third == 1 ? true
                                               : column == own);
            ck_assert_msg(is_spoiled == (isnan(s.y[j]) != 0), "entry %zu", j);
        }
    }
    tokens_close(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("attention");
    TCase *attention = tcase_create("attention");
    tcase_add_loop_test(attention, attention_is_the_plain_one_in_all_modes, 0, N_SHAPES);
    tcase_add_loop_test(attention, the_largest_of_huge_scores_has_all_the_weight, 0, 5);
    tcase_add_loop_test(attention, nan_reaches_what_depends_on_it, 0, 3);
    suite_add_tcase(suite, attention);
    return test_main(suite);
}
