#include <config.h>

#include "check/network_slope.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* The largest errors relative to the typical size: where differences converge, and near kinks,
 * where a mean is taken over so many points. */
static const double slope_tolerance = 2e-3, kink_tolerance = 1e-2;
enum { LEAST_POINTS = 16, MOST_POINTS = 256 };

static enum fm_status fill_real(struct fm_arena *arena, size_t n, uint32_t step,
                                fm_real **to, struct fm_error *err)
{
    double *normals = FM_NEW(arena, n, double);
    *to = FM_NEW(arena, n, fm_real);
    if (!normals || !*to)
        return fm_out_of_memory(err);
    fm_network_fill(normals, n, 1, step);
    for (size_t i = 0; i < n; i++)
        (*to)[i] = (fm_real)normals[i];
    return FM_OK;
}

enum fm_status fm_slope_open(struct fm_slope_setting *s,
                             const struct fm_graph_subject *subject,
                             const struct fm_net *net, const fm_real *theta,
                             struct fm_error *err)
{
    struct fm_arena *arena = subject->common.arena;
    const size_t dim = subject->common.dim, most = fm_net_block_rows(net);
    *s = (struct fm_slope_setting){.subject = subject,
                                   .net = net,
                                   .theta = theta,
                                   .dim = dim,
                                   .n = most < FM_SLOPE_ROWS ? most : FM_SLOPE_ROWS,
                                   .size = fm_net_block_size(net)};
    struct fm_rng r = fm_rng_at((struct fm_stream){12, 2, 0}, 0);
    for (size_t i = 0; i < FM_SLOPE_ROWS; i++) {
        s->t[i] = i == 0 ? 0 : i == 1 ? 1 : fm_rng_uniform(&r);
        if (fm_net_n_labels(net) > 0)
            s->label[i] = (uint32_t)(i % fm_net_n_labels(net));
    }
    FM_TRY(fill_real(arena, FM_SLOPE_ROWS * dim, 60, &s->x, err));
    FM_TRY(fill_real(arena, FM_SLOPE_ROWS * dim, 61, &s->dx, err));
    s->moved_x = FM_NEW(arena, FM_SLOPE_ROWS * dim, fm_real);
    s->g = FM_NEW(arena, FM_SLOPE_ROWS * dim, double);
    s->moved_theta = FM_NEW(arena, s->size, fm_real);
    s->direction = FM_NEW(arena, s->size, fm_real);
    s->gradient = FM_NEW(arena, s->size, fm_real);
    s->moved_gradient = FM_NEW(arena, s->size, fm_real);
    s->transposed = FM_NEW(arena, fm_net_transposed_size(net), fm_real);
    s->moved_transposed = FM_NEW(arena, fm_net_transposed_size(net), fm_real);
    if (!s->moved_x || !s->g || !s->moved_theta || !s->direction || !s->gradient
        || !s->moved_gradient || !s->transposed || !s->moved_transposed)
        return fm_out_of_memory(err);
    fm_network_fill(s->g, FM_SLOPE_ROWS * dim, 1, 62);
    for (size_t i = 0; i < FM_SLOPE_ROWS * dim; i++)
        s->g[i] = (double)(fm_real)s->g[i];
    fm_net_transpose(net, theta, s->transposed);
    FM_TRY(fm_net_workspace(arena, net, FM_NET_FORWARD, &s->forward, err));
    FM_TRY(fm_net_workspace(arena, net, FM_NET_REVERSE, &s->reverse, err));
    return fm_net_workspace(arena, net, FM_NET_JVP, &s->jvp, err);
}

/* sum g_ij v_ij over n rows from `first` on; v: [n][fm_padded(dim)]. */
double fm_slope_weighted_sum(const struct fm_slope_setting *s, size_t first, size_t n,
                             const fm_real *v)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < s->dim; j++)
            sum += s->g[(first + i) * s->dim + j] * (double)v[i * fm_padded(s->dim) + j];
    return sum;
}

double fm_slope_dot(const fm_real *a, const fm_real *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Moves to theta + h direction, or to x + h dx. */
static void move(const struct fm_slope_setting *s, bool of_x, double h)
{
    for (size_t i = 0; !of_x && i < s->size; i++)
        s->moved_theta[i] = (fm_real)((double)s->theta[i] + h * (double)s->direction[i]);
    for (size_t i = 0; of_x && i < s->n * s->dim; i++)
        s->moved_x[i] = (fm_real)((double)s->x[i] + h * (double)s->dx[i]);
}

static double loss_at(const struct fm_slope_setting *s, bool of_x, double h)
{
    move(s, of_x, h);
    const struct fm_net_input input = {
        .t = s->t, .x = of_x ? s->moved_x : s->x, .label = s->label};
    return fm_slope_weighted_sum(
        s, 0, s->n,
        fm_net_forward(s->net, of_x ? s->theta : s->moved_theta, s->forward, s->n, &input));
}

static double central(const struct fm_slope_setting *s, bool of_x, double h)
{
    return (loss_at(s, of_x, h) - loss_at(s, of_x, -h)) / (2 * h);
}

/* The size of L's terms, to which rounding is relative. */
static double loss_size(const struct fm_slope_setting *s)
{
    const struct fm_net_input input = {.t = s->t, .x = s->x, .label = s->label};
    const fm_real *v = fm_net_forward(s->net, s->theta, s->forward, s->n, &input);
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->dim; j++) {
            const double term = s->g[i * s->dim + j] * (double)v[i * fm_padded(s->dim) + j];
            sum += term * term;
        }
    return sqrt(sum);
}

/* Ten times the rounding of a difference of two values of L. */
static double rounding_of(const struct fm_slope_setting *s)
{
    return 10 * loss_size(s) * 0x1p-24;
}

/* The derivative of L by differences, with the step of several that comes nearest to `exact`.
 * The error is Richardson's h^4 for large steps and rounding, 2^-24 of the terms of L over h, for
 * small ones; *allowed is ten times the latter. */
static double difference(const struct fm_slope_setting *s, bool of_x, double exact,
                         double *allowed)
{
    const double rounding = rounding_of(s);
    double best = HUGE_VAL;
    for (double h = 0x1p-4; h > 0x1p-9; h /= 4) {
        const double slope = (4 * central(s, of_x, h / 2) - central(s, of_x, h)) / 3;
        if (!(fabs(slope - exact) - rounding / h < best))
            continue;
        best = fabs(slope - exact) - rounding / h;
        *allowed = rounding / h;
        if (best <= 0)
            return slope;
    }
    return exact + best + *allowed;
}

/* Forward and reverse pass over n rows from `first` on; writes gradient. */
void fm_slope_reverse(const struct fm_slope_setting *s, struct fm_net_workspace *w,
                      size_t first, size_t n, fm_real *gradient)
{
    const size_t stride = fm_padded(s->dim);
    const struct fm_net_input input = {
        .t = s->t + first, .x = s->x + first * s->dim, .label = s->label + first};
    (void)fm_net_forward(s->net, s->theta, w, n, &input);
    fm_real *dv = fm_net_output_gradient(s->net, w);
    memset(dv, 0, n * stride * sizeof *dv);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < s->dim; j++)
            dv[i * stride + j] = (fm_real)s->g[(first + i) * s->dim + j];
    memset(gradient, 0, s->size * sizeof *gradient);
    fm_net_reverse(s->net, s->theta, s->transposed, w, false, gradient);
}

/* The net's derivative of L at theta + h direction, or at x + h dx. */
static double derivative_at(const struct fm_slope_setting *s, bool of_x, double h)
{
    move(s, of_x, h);
    if (of_x) {
        const struct fm_net_input input = {.t = s->t, .x = s->moved_x, .label = s->label};
        (void)fm_net_forward(s->net, s->theta, s->jvp, s->n, &input);
        return fm_slope_weighted_sum(s, 0, s->n,
                                     fm_net_jvp(s->net, s->theta, s->jvp, s->dx));
    }
    struct fm_slope_setting moved = *s;
    moved.theta = s->moved_theta;
    moved.transposed = s->moved_transposed;
    fm_net_transpose(s->net, moved.theta, s->moved_transposed);
    fm_slope_reverse(&moved, s->reverse, 0, s->n, s->moved_gradient);
    return fm_slope_dot(s->moved_gradient, s->direction, s->size);
}

/* Near kinks differences don't converge.  There compares the mean of the net's derivative over
 * n_points in (-h, h) with that of L, (L(h) - L(-h)) / 2h.  Each kink in between adds an error of
 * up to 1 / (2 n_points) of its jump; there are few, with errors of either sign. */
static struct fm_slope_comparison compare_means(const struct fm_slope_setting *s, bool of_x,
                                                int n_points, double typical)
{
    const double h = 0x1p-6;
    struct fm_slope_comparison c = {.measured = central(s, of_x, h),
                                    .allowed =
                                        kink_tolerance * typical + rounding_of(s) / h};
    for (int k = 0; k < n_points; k++)
        c.exact += derivative_at(s, of_x, h * ((2 * k + 1.0) / n_points - 1)) / n_points;
    return c;
}

static bool is_met(const struct fm_slope_comparison *c)
{
    return fabs(c->measured - c->exact) <= c->allowed;
}

struct fm_slope_comparison fm_slope_compare(const struct fm_slope_setting *s, bool of_x,
                                            double exact, double typical)
{
    struct fm_slope_comparison c = {.exact = exact};
    c.measured = difference(s, of_x, exact, &c.allowed);
    c.allowed += slope_tolerance * typical;
    for (int n_points = LEAST_POINTS; !is_met(&c) && n_points <= MOST_POINTS; n_points *= 4)
        c = compare_means(s, of_x, n_points, typical);
    return c;
}
