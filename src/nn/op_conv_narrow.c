/* Convolution with few outputs, which would waste most of a panel at each tap.  Here the taps share
 * panels: each pixel is multiplied by a matrix [inputs][taps outputs], and the products are added
 * to the pixels that they are terms of.  The gradient of the input is computed as in op_conv.c,
 * since there the few outputs are terms of sums. */
#include <config.h>

#include "nn/op_conv_narrow.h"

#include "nn/op_conv.h"
#include "nn/op_linear.h"

#include <string.h>

/* Columns of the matrix. */
static size_t n_shared(const struct fm_net_node *node)
{
    return node->kernel * node->kernel * node->width;
}

size_t fm_conv_narrow_scratch(const struct fm_net_node *input,
                              const struct fm_net_node *node)
{
    return (input->width + fm_positions(input)) * fm_padded(n_shared(node));
}

/* The place of the entry of input i in column j of the matrix, which is stored in panels. */
static size_t place(const struct fm_net_node *a, size_t i, size_t j)
{
    return (j / FM_PANEL * a->width + i) * FM_PANEL + j % FM_PANEL;
}

/* Makes the matrix from the taps of the weights; and adds its gradient to theirs. */
static void gather_weights(const struct fm_op_call *c, fm_real *shared)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const fm_real *weight = c->parameters + node->weight;
    const size_t n = n_shared(node);
    memset(shared, 0, a->width * fm_padded(n) * sizeof *shared);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < a->width; i++)
            shared[place(a, i, j)] =
                weight[(j / node->width * a->width + i) * FM_PANEL + j % node->width];
}

static void scatter_gradient(const struct fm_op_call *c, const fm_real *shared)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    fm_real *gradient = c->gradient + node->weight;
    const size_t n_taps = node->kernel * node->kernel;
    if (!c->is_added)
        memset(gradient, 0, n_taps * a->width * FM_PANEL * sizeof *gradient);
    for (size_t j = 0; j < n_shared(node); j++)
        for (size_t i = 0; i < a->width; i++)
            gradient[(j / node->width * a->width + i) * FM_PANEL + j % node->width] +=
                shared[place(a, i, j)];
}

/* For one sample: y += its terms in z; or in reverse mode, copies y to its terms in z. */
static void shift(const struct fm_op_call *c, bool is_reverse, fm_real *z, fm_real *y)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const struct fm_conv_axis v = {a->image_height, node->image_height, node->kernel,
                                   node->step, false};
    const struct fm_conv_axis h = {a->image_width, node->image_width, node->kernel,
                                   node->step, false};
    const size_t width = node->width, z_stride = fm_padded(n_shared(node));
    for (size_t tap = 0; tap < node->kernel * node->kernel; tap++) {
        const struct fm_conv_run lines = fm_conv_pixels(&v, tap / node->kernel);
        const struct fm_conv_run columns = fm_conv_pixels(&h, tap % node->kernel);
        for (size_t i = 0; i < lines.n; i++) {
            size_t from =
                (lines.from[0] + i * node->step) * a->image_width + columns.from[0];
            fm_real *term = z + from * z_stride + tap * width;
            fm_real *sum =
                y + ((lines.to + i) * node->image_width + columns.to) * node->stride;
            for (size_t k = 0; k < columns.n; k++) {
                for (size_t j = 0; j < width; j++)
                    if (is_reverse)
                        term[j] = sum[j];
                    else
                        sum[j] += term[j];
                term += node->step * z_stride;
                sum += node->stride;
            }
        }
    }
}

static void forward(const struct fm_op_call *c, const fm_real *x, const fm_real *bias,
                    fm_real *y)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const size_t n_panels = fm_n_panels(n_shared(node));
    fm_real *shared = c->w->scratch, *z = shared + a->width * n_panels * FM_PANEL;
    gather_weights(c, shared);
    for (size_t s = 0; s < c->n; s++) {
        fm_real *sums = y + s * fm_positions(node) * node->stride;
        const struct fm_product p = {
            .m = fm_positions(a),
            .k = a->width,
            .n_panels = n_panels,
            .a = x + s * fm_positions(a) * a->stride,
            .a_row = a->stride,
            .a_column = 1,
            .b = shared,
            .b_row = FM_PANEL,
            .b_panel = a->width * FM_PANEL,
            .c = z,
            .c_row = n_panels * FM_PANEL,
            .c_panel = FM_PANEL,
        };
        fm_kernel()->product(&p);
        for (size_t i = 0; i < fm_positions(node); i++)
            for (size_t j = 0; j < node->width; j++)
                sums[i * node->stride + j] = bias ? bias[j] : 0;
        shift(c, false, z, sums);
    }
}

static void narrow_forward(const struct fm_op_call *c)
{
    forward(c, fm_value(c, fm_input_a(c)), c->parameters + c->node->bias,
            fm_value(c, c->node));
}

static void narrow_jvp(const struct fm_op_call *c)
{
    forward(c, fm_tangent(c, fm_input_a(c)), NULL, fm_tangent(c, c->node));
}

static void narrow_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const size_t n_panels = fm_n_panels(n_shared(node));
    fm_real *shared = c->w->scratch, *z = shared + a->width * n_panels * FM_PANEL;
    for (size_t s = 0; s < c->n; s++) {
        const struct fm_product dw = {
            .m = a->width,
            .k = fm_positions(a),
            .n_panels = n_panels,
            .a = fm_value(c, a) + s * fm_positions(a) * a->stride,
            .a_row = 1,
            .a_column = a->stride,
            .b = z,
            .b_row = n_panels * FM_PANEL,
            .b_panel = FM_PANEL,
            .c = shared,
            .c_row = FM_PANEL,
            .c_panel = a->width * FM_PANEL,
            .is_added = s > 0,
        };
        memset(z, 0, fm_positions(a) * n_panels * FM_PANEL * sizeof *z);
        shift(c, true, z, fm_gradient(c, node) + s * fm_positions(node) * node->stride);
        fm_kernel()->product(&dw);
    }
    scatter_gradient(c, shared);
    fm_bias_reverse(c);
    fm_conv_input_reverse(c);
}

const struct fm_op fm_op_narrow_convolution = {.name = "narrow convolution",
                                               .can_factor = true,
                                               .forward = narrow_forward,
                                               .reverse = narrow_reverse,
                                               .jvp = narrow_jvp,
                                               .transposed_size = fm_conv_transposed_size,
                                               .transpose = fm_conv_transpose};
