/* The inputs x and features of t; concat and reshape. */
#include <config.h>

#include "base/random.h"
#include "nn/node.h"

#include <string.h>

/* ---- x ---- */

static void copy_x(const struct fm_op_call *c, const fm_real *x, fm_real *rows)
{
    const size_t dim = c->net->shape.dim, stride = c->node->stride;
    if (dim < FM_PANEL) /* too few entries for a call of memcpy */
        for (size_t i = 0; i < c->n; i++)
            for (size_t j = 0; j < dim; j++)
                rows[i * stride + j] = x[i * dim + j];
    else
        for (size_t i = 0; i < c->n; i++)
            memcpy(rows + i * stride, x + i * dim, dim * sizeof *x);
}

static void x_forward(const struct fm_op_call *c)
{
    copy_x(c, c->w->input.x, fm_value(c, c->node));
}

static void x_jvp(const struct fm_op_call *c)
{
    copy_x(c, c->dx, fm_tangent(c, c->node));
}

const struct fm_op fm_op_x = {
    .name = "x", .is_leaf = true, .forward = x_forward, .jvp = x_jvp};

/* ---- features of t ---- */

/* cos and sin of 2 pi f_j t, j < n. */
static void time_row(const struct fm_net_node *node, double t, fm_real *row)
{
    enum { BLOCK = 64 };
    double turns[BLOCK], cosine[BLOCK], sine[BLOCK];
    const size_t n = node->width / 2;
    for (size_t first = 0; first < n; first += BLOCK) {
        size_t m = n - first < BLOCK ? n - first : BLOCK;
        for (size_t j = 0; j < m; j++)
            turns[j] = node->frequencies[first + j] * t;
        fm_circle(m, turns, cosine, sine);
        for (size_t j = 0; j < m; j++) {
            row[first + j] = (fm_real)cosine[j];
            row[n + first + j] = (fm_real)sine[j];
        }
    }
}

static void time_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    const double *t = c->w->input.t;
    fm_real *rows = fm_value(c, node);
    if (node->time == FM_TIME_RAW) {
        for (size_t i = 0; i < c->n; i++)
            rows[i * node->stride] = (fm_real)t[i];
        return;
    }
    for (size_t i = 0; i < c->n; i++) {
        fm_real *row = rows + i * node->stride;
        if (i > 0 && t[i] == t[i - 1])
            memcpy(row, row - node->stride, node->width * sizeof *row);
        else
            time_row(node, t[i], row);
    }
}

static void time_jvp(const struct fm_op_call *c)
{
    fm_real *rows = fm_tangent(c, c->node);
    for (size_t i = 0; i < c->n; i++)
        memset(rows + i * c->node->stride, 0, c->node->width * sizeof *rows);
}

const struct fm_op fm_op_time = {
    .name = "time", .is_leaf = true, .forward = time_forward, .jvp = time_jvp};

/* ---- concat ---- */

static void concat(const struct fm_op_call *c,
                   fm_real *(*of)(const struct fm_op_call *, const struct fm_net_node *))
{
    const struct fm_net_node *node = c->node;
    const struct fm_net_node *inputs[] = {fm_input_a(c), fm_input_b(c)};
    fm_real *to = of(c, node);
    for (size_t k = 0; k < 2; k++) {
        const struct fm_net_node *from = inputs[k];
        if (&c->net->nodes[from->owner] != node) { /* a leaf wrote itself there */
            const fm_real *rows = of(c, from);
            for (size_t i = 0; i < fm_lines(c, node); i++)
                memcpy(to + i * node->stride, rows + i * from->stride,
                       from->width * sizeof *to);
        }
        to += from->width;
    }
}

static void concat_forward(const struct fm_op_call *c)
{
    concat(c, fm_value);
}

static void concat_jvp(const struct fm_op_call *c)
{
    concat(c, fm_tangent);
}

static void concat_reverse_into(const struct fm_op_call *c, const struct fm_net_node *input,
                                size_t column, bool is_added)
{
    if (!input->has_gradient)
        return;
    const fm_real *from = fm_gradient(c, c->node) + column;
    fm_real *to = fm_gradient(c, input);
    for (size_t i = 0; i < fm_lines(c, input); i++) {
        fm_real *line = to + i * input->stride;
        fm_kernel()->copy(is_added, input->width, from + i * c->node->stride, line);
        if (!is_added)
            memset(line + input->width, 0, (input->stride - input->width) * sizeof *line);
    }
}

static void concat_reverse(const struct fm_op_call *c)
{
    concat_reverse_into(c, fm_input_a(c), 0, c->node->adds_to_a);
    concat_reverse_into(c, fm_input_b(c), fm_input_a(c)->width, c->node->adds_to_b);
}

const struct fm_op fm_op_concat = {.name = "concat",
                                   .forward = concat_forward,
                                   .reverse = concat_reverse,
                                   .jvp = concat_jvp};

/* ---- reshape ---- */

/* Copies entries in order from lines of `from` to lines of `to`, or adds them; when it stores, it
 * zeroes the padding. */
static void reshape_lines(const struct fm_op_call *c, const struct fm_net_node *from,
                          const fm_real *x, const struct fm_net_node *to, fm_real *y,
                          bool is_added)
{
    size_t size = c->n * fm_positions(to) * to->width;
    size_t in = 0, out = 0; /* columns within the lines */
    for (size_t done = 0; done < size;) {
        size_t n = from->width - in < to->width - out ? from->width - in : to->width - out;
        fm_kernel()->copy(is_added, n, x + in, y + out);
        done += n;
        if ((in += n) == from->width) {
            in = 0;
            x += from->stride;
        }
        if ((out += n) == to->width) {
            if (!is_added)
                memset(y + out, 0, (to->stride - out) * sizeof *y);
            out = 0;
            y += to->stride;
        }
    }
}

static void reshape_forward(const struct fm_op_call *c)
{
    reshape_lines(c, fm_input_a(c), fm_value(c, fm_input_a(c)), c->node,
                  fm_value(c, c->node), false);
}

static void reshape_jvp(const struct fm_op_call *c)
{
    reshape_lines(c, fm_input_a(c), fm_tangent(c, fm_input_a(c)), c->node,
                  fm_tangent(c, c->node), false);
}

static void reshape_reverse(const struct fm_op_call *c)
{
    if (fm_input_a(c)->has_gradient)
        reshape_lines(c, c->node, fm_gradient(c, c->node), fm_input_a(c),
                      fm_gradient(c, fm_input_a(c)), c->node->adds_to_a);
}

const struct fm_op fm_op_reshape = {.name = "reshape",
                                    .forward = reshape_forward,
                                    .reverse = reshape_reverse,
                                    .jvp = reshape_jvp};
