/* Linear layers: y = x W + b for all lines of x (a 1x1 convolution, where x is an image); and the
 * same for few outputs. */
#include <config.h>

#include "nn/op_linear.h"

#include <string.h>

/* ---- linear ---- */

/* y = x W; forward adds bias and activation, forward mode a factor. */
static struct fm_product product(const struct fm_op_call *c, const fm_real *x, fm_real *y)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    return (struct fm_product){
        .m = fm_lines(c, a),
        .k = a->width,
        .n_panels = fm_n_panels(node->width),
        .a = x,
        .a_row = a->stride,
        .a_column = 1,
        .b = c->parameters + node->weight,
        .b_row = FM_PANEL,
        .b_panel = a->width * FM_PANEL,
        .c = y,
        .c_row = node->stride,
        .c_panel = FM_PANEL,
    };
}

static void linear_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    struct fm_product p = product(c, fm_value(c, a), fm_value(c, node));
    p.bias = c->parameters + node->bias;
    p.is_activated = node->is_activated;
    p.activation = node->activation;
    p.derivative = node->is_activated ? fm_derivative(c, node) : NULL;
    fm_kernel()->product(&p);
}

static void linear_jvp(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    struct fm_product p = product(c, fm_tangent(c, a), fm_tangent(c, node));
    p.factor = node->is_activated ? fm_derivative(c, node) : NULL;
    fm_kernel()->product(&p);
}

void fm_bias_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    fm_real *db = c->gradient + node->bias;
    if (!c->is_added)
        memset(db, 0, fm_padded(node->width) * sizeof *db);
    fm_kernel()->column_sums(fm_lines(c, node), fm_n_panels(node->width), node->stride,
                             fm_gradient(c, node), db);
}

/* dx = dy W^T, times the derivative of the activation that made x; wt: W^T in panels. */
static void input_reverse(const struct fm_op_call *c, const fm_real *wt)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    struct fm_product p = {
        .m = fm_lines(c, a),
        .k = node->width,
        .n_panels = fm_n_panels(a->width),
        .a = fm_gradient(c, node),
        .a_row = node->stride,
        .a_column = 1,
        .b = wt,
        .b_row = FM_PANEL,
        .b_panel = node->width * FM_PANEL,
        .c = fm_gradient(c, a),
        .c_row = a->stride,
        .c_panel = FM_PANEL,
        .is_added = node->adds_to_a,
        .factor = a->is_factored ? fm_derivative(c, a) : NULL,
    };
    fm_kernel()->product(&p);
}

static void linear_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    struct fm_product dw = {
        .m = a->width,
        .k = fm_lines(c, a),
        .n_panels = fm_n_panels(node->width),
        .a = fm_value(c, a),
        .a_row = 1,
        .a_column = a->stride,
        .b = fm_gradient(c, node),
        .b_row = node->stride,
        .b_panel = FM_PANEL,
        .c = c->gradient + node->weight,
        .c_row = FM_PANEL,
        .c_panel = a->width * FM_PANEL,
        .is_added = c->is_added,
    };
    fm_kernel()->product(&dw);
    fm_bias_reverse(c);
    if (a->has_gradient)
        input_reverse(c, c->transposed + node->transposed);
}

static size_t linear_transposed_size(const struct fm_net *net,
                                     const struct fm_net_node *node)
{
    return node->width * fm_padded(net->nodes[node->a].width);
}

static void linear_transpose(const struct fm_net *net, const struct fm_net_node *node,
                             size_t first, size_t n, const fm_real *weight,
                             fm_real *transposed)
{
    size_t n_rows = net->nodes[node->a].width;
    for (size_t p = first; p < first + n; p++)
        fm_transpose_panel(n_rows, node->width, p, weight + p * n_rows * FM_PANEL,
                           transposed);
}

/* By squares of a panel's width, so that reads and writes are whole lines. */
void fm_transpose_panel(size_t n_rows, size_t n_columns, size_t panel, const fm_real *from,
                        fm_real *to)
{
    size_t column = panel * FM_PANEL;
    size_t n = n_columns - column < FM_PANEL ? n_columns - column : FM_PANEL;
    for (size_t row = 0; row < n_rows; row += FM_PANEL) {
        const fm_real *square = from + row * FM_PANEL;
        fm_real *out = to + row * n_columns + column * FM_PANEL;
        size_t m = n_rows - row < FM_PANEL ? n_rows - row : FM_PANEL;
        fm_kernel()->transpose(m, n, square, out);
    }
}

const struct fm_op fm_op_linear = {.name = "linear",
                                   .can_activate = true,
                                   .can_factor = true,
                                   .forward = linear_forward,
                                   .reverse = linear_reverse,
                                   .jvp = linear_jvp,
                                   .transposed_size = linear_transposed_size,
                                   .transpose = linear_transpose};

/* ---- narrow: the weights are stored as W^T, [outputs][inputs] ---- */

static void narrow(const struct fm_op_call *c, const fm_real *x, const fm_real *bias,
                   fm_real *y)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const struct fm_dots p = {
        .m = fm_lines(c, a),
        .n_panels = fm_n_panels(a->width),
        .n = node->width,
        .a = x,
        .a_row = a->stride,
        .w = c->parameters + node->weight,
        .bias = bias,
        .c = y,
        .c_row = node->stride,
    };
    fm_kernel()->dots(&p);
}

static void narrow_forward(const struct fm_op_call *c)
{
    narrow(c, fm_value(c, fm_input_a(c)), c->parameters + c->node->bias,
           fm_value(c, c->node));
}

static void narrow_jvp(const struct fm_op_call *c)
{
    narrow(c, fm_tangent(c, fm_input_a(c)), NULL, fm_tangent(c, c->node));
}

static void narrow_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    struct fm_product dw = {
        .m = node->width,
        .k = fm_lines(c, a),
        .n_panels = fm_n_panels(a->width),
        .a = fm_gradient(c, node),
        .a_row = 1,
        .a_column = node->stride,
        .b = fm_value(c, a),
        .b_row = a->stride,
        .b_panel = FM_PANEL,
        .c = c->gradient + node->weight,
        .c_row = FM_PANEL,
        .c_panel = node->width * FM_PANEL,
        .is_added = c->is_added,
    };
    fm_kernel()->product(&dw);
    fm_bias_reverse(c);
    if (a->has_gradient)
        input_reverse(c, c->parameters + node->weight);
}

const struct fm_op fm_op_narrow = {.name = "narrow",
                                   .can_factor = true,
                                   .forward = narrow_forward,
                                   .reverse = narrow_reverse,
                                   .jvp = narrow_jvp};
