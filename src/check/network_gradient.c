#include <config.h>

#include "check/network_gradient.h"

#include "base/error.h"
#include "check/at_once.h"
#include "check/network_slope.h"

#include <math.h>
#include <string.h>

enum { N_DIRECTIONS = 8, MAX_TENSORS = 16, N_GROUPS = 4 };

/* The largest difference of forward and reverse mode, relative; and what keeps 0 / 0 at 0. */
static const double transposed_tolerance = 1e-4, tiny = 1e-30;

/* ---- gradients ---- */

/* Draws a direction: normal numbers in tensor k or (k < 0) in all, scaled to the size of the
 * tensor's entries.  *typical: the size of the gradient's product with such a direction. */
static enum fm_status draw_direction(const struct fm_slope_setting *s, int k, uint32_t step,
                                     double *typical, struct fm_error *err)
{
    size_t n_tensors;
    double squares = 0;
    const struct fm_parameter *p = fm_net_parameters(s->net, &n_tensors);
    struct fm_rng r = fm_rng_at((struct fm_stream){12, 3, step}, 0);
    memset(s->direction, 0, s->size * sizeof *s->direction);
    for (size_t i = 0; i < n_tensors; i++) {
        const size_t n = p[i].n_taps * p[i].n_rows * p[i].n_columns;
        float *values = FM_NEW(s->subject->common.arena, 2 * n, float),
              *gradient = values + n;
        if (!values)
            return fm_out_of_memory(err);
        if (k >= 0 && (size_t)k != i)
            continue;
        fm_parameter_export(&p[i], s->theta, values);
        fm_parameter_export(&p[i], s->gradient, gradient);
        double size = 0, slope = 0;
        for (size_t j = 0; j < n; j++) {
            size += (double)values[j] * (double)values[j];
            slope += (double)gradient[j] * (double)gradient[j];
        }
        size = sqrt(size / (double)n);
        squares += slope * size * size;
        for (size_t j = 0; j < n; j++)
            values[j] = (float)(size * fm_rng_normal(&r));
        fm_parameter_import(&p[i], values, s->direction);
    }
    *typical = sqrt(squares);
    return FM_OK;
}

/* Compares one direction; *is_right false: a row says so.  *worst: the largest error so far. */
static enum fm_status check_direction(const struct fm_slope_setting *s, int tensor,
                                      uint32_t step, double *worst, bool *is_right,
                                      struct fm_error *err)
{
    double typical;
    size_t n_tensors;
    FM_TRY(draw_direction(s, tensor, step, &typical, err));
    const struct fm_slope_comparison c = fm_slope_compare(
        s, false, fm_slope_dot(s->gradient, s->direction, s->size), typical);
    const double error = fabs(c.measured - c.exact);
    *worst = fmax(*worst, error / (typical + tiny));
    *is_right = error <= c.allowed && isfinite(c.exact);
    if (!*is_right)
        fm_check_add_row(
            s->subject->common.sink, "gradient", s->subject->common.problem, FM_CHECK_FAIL,
            c.measured, c.exact,
            "reverse mode and (declared) differences, along a direction in %s; "
            "typical size %.3g",
            tensor < 0 ? "all parameters"
                       : fm_net_parameters(s->net, &n_tensors)[tensor].name,
            typical);
    return FM_OK;
}

static enum fm_status check_directions(const struct fm_slope_setting *s,
                                       struct fm_error *err)
{
    size_t n_tensors;
    double worst = 0;
    bool is_right = true;
    (void)fm_net_parameters(s->net, &n_tensors);
    const size_t every = (n_tensors + MAX_TENSORS - 1) / MAX_TENSORS;
    for (uint32_t k = 0; is_right && k < N_DIRECTIONS; k++)
        FM_TRY(check_direction(s, -1, k, &worst, &is_right, err));
    for (size_t k = 0; is_right && k < n_tensors; k += every)
        FM_TRY(
            check_direction(s, (int)k, N_DIRECTIONS + (uint32_t)k, &worst, &is_right, err));
    if (is_right)
        fm_check_add_row(s->subject->common.sink, "gradient", s->subject->common.problem,
                         FM_CHECK_PASS, 0, worst,
                         "largest error of reverse mode against differences, along %d "
                         "directions and within layers",
                         N_DIRECTIONS);
    return FM_OK;
}

struct shards {
    const struct fm_slope_setting *setting;
    struct fm_net_workspace *workspaces[FM_CHECK_THREADS];
    fm_real *first[N_GROUPS], *other[N_GROUPS], **to;
};

static void reverse_group(void *context, size_t item, size_t thread)
{
    const struct shards *c = context;
    const size_t n = c->setting->n, begin = item * n / N_GROUPS,
                 end = (item + 1) * n / N_GROUPS;
    if (end > begin)
        fm_slope_reverse(c->setting, c->workspaces[thread], begin, end - begin,
                         c->to[item]);
}

/* Whether concurrent reverse passes over parts of the rows give the same gradients. */
static enum fm_status check_threads(const struct fm_slope_setting *s, struct fm_error *err)
{
    struct fm_arena *arena = s->subject->common.arena;
    struct shards c = {.setting = s};
    bool is_same = true;
    for (size_t k = 0; k < N_GROUPS; k++) {
        c.first[k] = FM_NEW(arena, s->size, fm_real);
        c.other[k] = FM_NEW(arena, s->size, fm_real);
        if (!c.first[k] || !c.other[k])
            return fm_out_of_memory(err);
    }
    for (size_t k = 0; k < FM_CHECK_THREADS; k++)
        FM_TRY(fm_net_workspace(arena, s->net, FM_NET_REVERSE, &c.workspaces[k], err));
    c.to = c.first;
    fm_check_at_once(1, N_GROUPS, reverse_group, &c);
    c.to = c.other;
    for (size_t n_threads = 1; n_threads <= FM_CHECK_THREADS; n_threads++) {
        fm_check_at_once(n_threads, N_GROUPS, reverse_group, &c);
        for (size_t k = 0; k < N_GROUPS; k++)
            is_same =
                is_same && memcmp(c.first[k], c.other[k], s->size * sizeof **c.first) == 0;
    }
    fm_network_note(&s->subject->common, "same gradient bits", is_same,
                    is_same ? "again, on 1 to 3 threads"
                            : "other gradients on several threads");
    return FM_OK;
}

enum fm_status fm_check_graph_gradient(const struct fm_graph_subject *subject,
                                       struct fm_error *err)
{
    struct fm_slope_setting s;
    fm_check_begin(subject->common.sink, "the gradient");
    FM_TRY(fm_slope_open(&s, subject, subject->net, subject->parameters, err));
    fm_slope_reverse(&s, s.reverse, 0, s.n, s.gradient);
    FM_TRY(check_directions(&s, err));
    return check_threads(&s, err);
}

/* ---- derivatives by x ---- */

static void check_jvp(const struct fm_slope_setting *s)
{
    double worst = 0;
    const struct fm_net_input input = {.t = s->t, .x = s->x, .label = s->label};
    for (uint32_t k = 0; k < N_DIRECTIONS; k++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){12, 4, k}, 0);
        for (size_t i = 0; i < s->n * s->dim; i++)
            s->dx[i] = (fm_real)fm_rng_normal(&r);
        (void)fm_net_forward(s->net, s->theta, s->jvp, s->n, &input);
        const fm_real *dv = fm_net_jvp(s->net, s->theta, s->jvp, s->dx);
        double squares = 0;
        for (size_t i = 0; i < s->n; i++)
            for (size_t j = 0; j < s->dim; j++)
                squares += pow((double)dv[i * fm_padded(s->dim) + j], 2);
        const double typical = sqrt(squares);
        const struct fm_slope_comparison c =
            fm_slope_compare(s, true, fm_slope_weighted_sum(s, 0, s->n, dv), typical);
        const double error = fabs(c.measured - c.exact);
        worst = fmax(worst, error / (typical + tiny));
        if (!(error <= c.allowed) || !isfinite(c.exact)) {
            fm_check_add_row(
                s->subject->common.sink, "derivative", s->subject->common.problem,
                FM_CHECK_FAIL, c.measured, c.exact,
                "forward mode and (declared) differences, along a direction of x");
            return;
        }
    }
    fm_check_add_row(s->subject->common.sink, "derivative", s->subject->common.problem,
                     FM_CHECK_PASS, 0, worst,
                     "largest error of forward mode against differences, along %d "
                     "directions of x",
                     N_DIRECTIONS);
}

/* A graph in which a linear layer, x I + 0, replaces x: of one row, the gradient with respect to
 * its bias is the gradient with respect to x. */
struct patch {
    struct fm_graph_ops ops; /* first: what g->ops points to */
    struct fm_node x;
};

static struct fm_node patched_x(struct fm_graph *g)
{
    return ((const struct patch *)(const void *)g->ops)->x;
}

static void build_patched(const void *context, struct fm_graph *g)
{
    const struct fm_graph_subject *subject = context;
    const struct fm_graph_ops *original = g->ops;
    struct patch patch = {.ops = *original};
    patch.ops.input_x = patched_x;
    patch.x = fm_linear(g, fm_input_x(g), fm_sample_dim(g));
    g->ops = &patch.ops;
    subject->build(subject->options, g);
    g->ops = original;
}

/* The layer's parameters, followed by those of the net. */
static enum fm_status patched_parameters(const struct fm_graph_subject *subject,
                                         const struct fm_net *net, fm_real **theta,
                                         struct fm_error *err)
{
    struct fm_arena *arena = subject->common.arena;
    const size_t dim = subject->common.dim;
    size_t n, m;
    const struct fm_parameter *from = fm_net_parameters(subject->net, &n),
                              *to = fm_net_parameters(net, &m);
    FM_ASSERT(m == n + 2);
    *theta = FM_NEW(arena, fm_net_block_size(net), fm_real);
    float *unit = FM_NEW(arena, dim * dim, float);
    if (!*theta || !unit)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < dim; i++)
        unit[i * dim + i] = 1;
    fm_parameter_import(&to[0], unit, *theta);
    for (size_t k = 0; k < n; k++) {
        float *values =
            FM_NEW(arena, from[k].n_taps * from[k].n_rows * from[k].n_columns, float);
        if (!values)
            return fm_out_of_memory(err);
        fm_parameter_export(&from[k], subject->parameters, values);
        fm_parameter_import(&to[k + 2], values, *theta);
    }
    return FM_OK;
}

/* <g, J dx> by forward mode and <J^T g, dx> by reverse mode, row by row. */
static enum fm_status check_transposed(const struct fm_slope_setting *s,
                                       struct fm_error *err)
{
    struct fm_net *net;
    struct fm_slope_setting patched;
    fm_real *theta;
    size_t n;
    double worst = 0;
    FM_TRY(fm_net_compile(s->subject->common.arena, &s->subject->shape, build_patched,
                          s->subject, &net, err));
    FM_TRY(patched_parameters(s->subject, net, &theta, err));
    FM_TRY(fm_slope_open(&patched, s->subject, net, theta, err));
    const struct fm_parameter *bias = &fm_net_parameters(net, &n)[1];
    float *by_x = FM_NEW(s->subject->common.arena, s->dim, float);
    if (!by_x)
        return fm_out_of_memory(err);
    const struct fm_net_input input = {.t = s->t, .x = s->x, .label = s->label};
    (void)fm_net_forward(s->net, s->theta, s->jvp, s->n, &input);
    const fm_real *dv = fm_net_jvp(s->net, s->theta, s->jvp, s->dx);
    for (size_t i = 0; i < s->n; i++) {
        double right = 0, squares = 0;
        fm_slope_reverse(&patched, patched.reverse, i, 1, patched.gradient);
        fm_parameter_export(bias, patched.gradient, by_x);
        for (size_t j = 0; j < s->dim; j++) {
            right += (double)by_x[j] * (double)s->dx[i * s->dim + j];
            squares += (double)by_x[j] * (double)by_x[j];
        }
        const double left = fm_slope_weighted_sum(s, i, 1, dv + i * fm_padded(s->dim)),
                     error = fabs(left - right) / (sqrt(squares) + tiny);
        worst = fmax(worst, error);
        if (!(error <= transposed_tolerance) && squares + fabs(left) > 0) {
            fm_check_add_row(s->subject->common.sink, "transposed derivative",
                             s->subject->common.problem, FM_CHECK_FAIL, right, left,
                             "forward mode and (declared) reverse mode, row %zu", i);
            return FM_OK;
        }
    }
    fm_check_add_row(s->subject->common.sink, "transposed derivative",
                     s->subject->common.problem, FM_CHECK_PASS, 0, worst,
                     "largest difference of forward and reverse mode in x");
    return FM_OK;
}

enum fm_status fm_check_graph_derivative(const struct fm_graph_subject *subject,
                                         struct fm_error *err)
{
    struct fm_slope_setting s;
    fm_check_begin(subject->common.sink, "the derivative with respect to x");
    FM_TRY(fm_slope_open(&s, subject, subject->net, subject->parameters, err));
    check_jvp(&s);
    return check_transposed(&s, err);
}
