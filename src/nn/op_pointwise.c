/* Operations entry by entry: activation where it was not fused, sums, and products. */
#include <config.h>

#include "nn/node.h"

#include <string.h>

/* ---- activation ---- */

static void activation_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    fm_kernel()->activation(node->activation, fm_lines(c, node), fm_n_panels(node->width),
                            node->stride, fm_value(c, a), fm_value(c, node),
                            fm_saved(c, node));
}

static void activation_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    if (a->has_gradient)
        fm_kernel()->multiply(node->adds_to_a, fm_lines(c, node) * node->stride,
                              fm_gradient(c, node), fm_saved(c, node), fm_gradient(c, a));
}

static void activation_jvp(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    fm_kernel()->multiply(false, fm_lines(c, node) * node->stride,
                          fm_tangent(c, fm_input_a(c)), fm_saved(c, node),
                          fm_tangent(c, node));
}

const struct fm_op fm_op_activation = {.name = "activation",
                                       .forward = activation_forward,
                                       .reverse = activation_reverse,
                                       .jvp = activation_jvp};

/* ---- add: b may have one position, for all of a's ---- */

static void add(const struct fm_op_call *c,
                fm_real *(*of)(const struct fm_op_call *, const struct fm_net_node *))
{
    const struct fm_net_node *node = c->node, *b = fm_input_b(c);
    const size_t positions = fm_positions(node), size = positions * node->stride;
    fm_real *y = of(c, node);
    const fm_real *from = of(c, b);
    fm_kernel()->copy(false, c->n * size, of(c, fm_input_a(c)), y);
    if (fm_positions(b) == positions) {
        fm_kernel()->copy(true, c->n * size, from, y);
        return;
    }
    for (size_t i = 0; i < c->n; i++)
        for (size_t p = 0; p < positions; p++)
            fm_kernel()->copy(true, node->stride, from + i * b->stride,
                              y + i * size + p * node->stride);
}

static void add_forward(const struct fm_op_call *c)
{
    add(c, fm_value);
}

static void add_jvp(const struct fm_op_call *c)
{
    add(c, fm_tangent);
}

static void add_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c), *b = fm_input_b(c);
    const size_t positions = fm_positions(node), size = positions * node->stride;
    const fm_real *dy = fm_gradient(c, node);
    if (a->has_gradient)
        fm_kernel()->copy(node->adds_to_a, c->n * size, dy, fm_gradient(c, a));
    if (!b->has_gradient)
        return;
    fm_real *db = fm_gradient(c, b);
    if (fm_positions(b) == positions) {
        fm_kernel()->copy(node->adds_to_b, c->n * size, dy, db);
        return;
    }
    if (!node->adds_to_b)
        memset(db, 0, c->n * b->stride * sizeof *db);
    for (size_t i = 0; i < c->n; i++)
        fm_kernel()->column_sums(positions, fm_n_panels(node->width), node->stride,
                                 dy + i * size, db + i * b->stride);
}

const struct fm_op fm_op_add = {
    .name = "add", .forward = add_forward, .reverse = add_reverse, .jvp = add_jvp};

/* ---- multiply: b may have one position, for all of a's ---- */

/* y = x z, or y += x z; z has b's positions. */
static void multiply(const struct fm_op_call *c, const fm_real *x, const fm_real *z,
                     bool is_added, fm_real *y)
{
    const struct fm_net_node *node = c->node, *b = fm_input_b(c);
    const size_t positions = fm_positions(node), size = positions * node->stride;
    if (fm_positions(b) == positions)
        fm_kernel()->multiply(is_added, c->n * size, x, z, y);
    else
        for (size_t i = 0; i < c->n; i++)
            fm_kernel()->multiply_lines(is_added, positions, fm_n_panels(node->width),
                                        x + i * size, z + i * b->stride, y + i * size);
}

static void multiply_forward(const struct fm_op_call *c)
{
    multiply(c, fm_value(c, fm_input_a(c)), fm_value(c, fm_input_b(c)), false,
             fm_value(c, c->node));
}

static void multiply_jvp(const struct fm_op_call *c)
{
    const struct fm_net_node *a = fm_input_a(c), *b = fm_input_b(c);
    multiply(c, fm_tangent(c, a), fm_value(c, b), false, fm_tangent(c, c->node));
    multiply(c, fm_value(c, a), fm_tangent(c, b), true, fm_tangent(c, c->node));
}

/* Padding of gradients is zero, but dy times padding of a value can be NaN. */
static void clear_padding(size_t n, const struct fm_net_node *node, fm_real *lines)
{
    for (size_t i = 0; i < n && node->width < node->stride; i++)
        memset(lines + i * node->stride + node->width, 0,
               (node->stride - node->width) * sizeof *lines);
}

static void multiply_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c), *b = fm_input_b(c);
    const size_t positions = fm_positions(node), size = positions * node->stride;
    const fm_real *dy = fm_gradient(c, node), *x = fm_value(c, a);
    if (a->has_gradient) {
        multiply(c, dy, fm_value(c, b), node->adds_to_a, fm_gradient(c, a));
        clear_padding(fm_lines(c, a), a, fm_gradient(c, a));
    }
    if (!b->has_gradient)
        return;
    fm_real *db = fm_gradient(c, b);
    if (fm_positions(b) == positions) {
        fm_kernel()->multiply(node->adds_to_b, c->n * size, dy, x, db);
    } else {
        if (!node->adds_to_b)
            memset(db, 0, c->n * b->stride * sizeof *db);
        for (size_t i = 0; i < c->n; i++)
            fm_kernel()->product_sums(positions, fm_n_panels(node->width), dy + i * size,
                                      x + i * size, db + i * b->stride);
    }
    clear_padding(fm_lines(c, b), b, db);
}

const struct fm_op fm_op_multiply = {.name = "multiply",
                                     .forward = multiply_forward,
                                     .reverse = multiply_reverse,
                                     .jvp = multiply_jvp};
