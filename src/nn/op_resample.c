/* Images of half the height and width, and back.  Line i of the small images, counted through all
 * samples, belongs to lines 2 i and 2 i + 1 of the large ones. */
#include <config.h>

#include "nn/node.h"

/* small = scale times the sum of 2 x 2 pixels of large, or small += that. */
static void gather(const struct fm_op_call *c, const struct fm_net_node *node,
                   const fm_real *large, fm_real scale, bool is_added, fm_real *small)
{
    const size_t stride = node->stride, next_line = 2 * node->image_width * stride;
    for (size_t i = 0; i < c->n * node->image_height; i++, large += next_line)
        for (size_t j = 0; j < node->image_width;
             j++, large += 2 * stride, small += stride) {
            const fm_real *restrict from = large;
            fm_real *restrict to = small;
            for (size_t k = 0; k < stride; k++) {
                fm_real sum = from[k] + from[stride + k]
                              + (from[next_line + k] + from[next_line + stride + k]);
                to[k] = (is_added ? to[k] : 0) + scale * sum;
            }
        }
}

/* Each of 2 x 2 pixels of large = scale times the pixel of small, or += that. */
static void spread(const struct fm_op_call *c, const struct fm_net_node *node,
                   const fm_real *small, fm_real scale, bool is_added, fm_real *large)
{
    const size_t stride = node->stride, next_line = 2 * node->image_width * stride;
    for (size_t i = 0; i < c->n * node->image_height; i++, large += next_line)
        for (size_t j = 0; j < node->image_width; j++, large += 2 * stride, small += stride)
            for (size_t place = 0; place < 4; place++) {
                const fm_real *restrict from = small;
                fm_real *restrict to = large + place / 2 * next_line + place % 2 * stride;
                for (size_t k = 0; k < stride; k++)
                    to[k] = (is_added ? to[k] : 0) + scale * from[k];
            }
}

static void upsample_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *a = fm_input_a(c);
    spread(c, a, fm_value(c, a), 1, false, fm_value(c, c->node));
}

static void upsample_jvp(const struct fm_op_call *c)
{
    const struct fm_net_node *a = fm_input_a(c);
    spread(c, a, fm_tangent(c, a), 1, false, fm_tangent(c, c->node));
}

static void upsample_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *a = fm_input_a(c);
    if (a->has_gradient)
        gather(c, a, fm_gradient(c, c->node), 1, c->node->adds_to_a, fm_gradient(c, a));
}

const struct fm_op fm_op_upsample = {.name = "upsample",
                                     .forward = upsample_forward,
                                     .reverse = upsample_reverse,
                                     .jvp = upsample_jvp};

static const fm_real quarter = (fm_real)0.25;

static void downsample_forward(const struct fm_op_call *c)
{
    gather(c, c->node, fm_value(c, fm_input_a(c)), quarter, false, fm_value(c, c->node));
}

static void downsample_jvp(const struct fm_op_call *c)
{
    gather(c, c->node, fm_tangent(c, fm_input_a(c)), quarter, false,
           fm_tangent(c, c->node));
}

static void downsample_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *a = fm_input_a(c);
    if (a->has_gradient)
        spread(c, c->node, fm_gradient(c, c->node), quarter, c->node->adds_to_a,
               fm_gradient(c, a));
}

const struct fm_op fm_op_downsample = {.name = "downsample",
                                       .forward = downsample_forward,
                                       .reverse = downsample_reverse,
                                       .jvp = downsample_jvp};
