/* The mean over the positions of each row. */
#include <config.h>

#include "nn/node.h"

#include <string.h>

/* y = the mean of each row's lines of x.  Sums go over BLOCK lines, then over blocks, so that
 * roundings grow with the length of a block and the number of blocks, not with their product. */
static void mean(const struct fm_op_call *c, const fm_real *x, fm_real *y)
{
    enum { BLOCK = 64 };
    const struct fm_net_node *a = fm_input_a(c);
    const size_t positions = fm_positions(a), stride = a->stride;
    const fm_real share = 1 / (fm_real)positions;
    memset(y, 0, c->n * stride * sizeof *y);
    for (size_t i = 0; i < c->n; i++, x += positions * stride, y += stride) {
        for (size_t p = 0; p < positions; p += BLOCK)
            fm_kernel()->column_sums(positions - p < BLOCK ? positions - p : BLOCK,
                                     fm_n_panels(a->width), stride, x + p * stride, y);
        for (size_t j = 0; j < stride; j++)
            y[j] *= share;
    }
}

static void pool_forward(const struct fm_op_call *c)
{
    mean(c, fm_value(c, fm_input_a(c)), fm_value(c, c->node));
}

static void pool_jvp(const struct fm_op_call *c)
{
    mean(c, fm_tangent(c, fm_input_a(c)), fm_tangent(c, c->node));
}

/* Each line of dx = dy / positions, or += that. */
static void pool_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const size_t positions = fm_positions(a), stride = a->stride;
    const fm_real share = 1 / (fm_real)positions;
    if (!a->has_gradient)
        return;
    const fm_real *dy = fm_gradient(c, node);
    fm_real *dx = fm_gradient(c, a);
    for (size_t i = 0; i < c->n; i++, dy += stride)
        for (size_t p = 0; p < positions; p++, dx += stride)
            for (size_t j = 0; j < stride; j++)
                dx[j] = (node->adds_to_a ? dx[j] : 0) + share * dy[j];
}

const struct fm_op fm_op_mean_pool = {
    .name = "mean_pool", .forward = pool_forward, .reverse = pool_reverse, .jvp = pool_jvp};
