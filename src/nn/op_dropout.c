/* Dropout: in training, entries times 0 or 1 / (1 - rate); else the identity. */
#include <config.h>

#include "base/random.h"
#include "base/stream.h"
#include "nn/node.h"

#include <string.h>

/* The factors of one row, a function of (seed, step, node, row); zero in the padding.  An entry has
 * a uniform number of its own, of the row's sequence in the node's stream. */
static void draw_factors(const struct fm_op_call *c, size_t row, fm_real *factor)
{
    enum { BLOCK = 256 };
    const struct fm_net_node *node = c->node;
    const struct fm_net_dropout *d = &c->w->input.dropout;
    const uint32_t number = (uint32_t)(node - c->net->nodes);
    const struct fm_stream stream = {d->seed, FM_STREAM_TRAIN_DROPOUT << 16 | number,
                                     d->step};
    const size_t pairs = (node->width + 1) / 2; /* of uniforms, at a position */
    const fm_real kept = (fm_real)(1 / (1 - node->rate));
    double u[BLOCK];
    for (size_t p = 0; p < fm_positions(node); p++, factor += node->stride) {
        for (size_t first = 0; first < node->width; first += BLOCK) {
            size_t n = node->width - first < BLOCK ? node->width - first : BLOCK;
            fm_uniforms(stream, (uint32_t)(p * pairs + first / 2), d->first_row + row, 1, n,
                        u);
            for (size_t j = 0; j < n; j++)
                factor[first + j] = u[j] < node->rate ? 0 : kept;
        }
        memset(factor + node->width, 0, (node->stride - node->width) * sizeof *factor);
    }
}

static void dropout_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    const size_t size = fm_positions(node) * node->stride;
    const fm_real *x = fm_value(c, fm_input_a(c));
    fm_real *y = fm_value(c, node), *factor = fm_saved(c, node);
    if (!c->w->input.dropout.is_on) {
        fm_kernel()->copy(false, c->n * size, x, y);
        return;
    }
    for (size_t i = 0; i < c->n; i++)
        draw_factors(c, i, factor + i * size);
    fm_kernel()->multiply(false, c->n * size, x, factor, y);
}

static void dropout_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const size_t size = fm_lines(c, node) * node->stride;
    if (!a->has_gradient)
        return;
    if (c->w->input.dropout.is_on)
        fm_kernel()->multiply(node->adds_to_a, size, fm_gradient(c, node),
                              fm_saved(c, node), fm_gradient(c, a));
    else
        fm_kernel()->copy(node->adds_to_a, size, fm_gradient(c, node), fm_gradient(c, a));
}

static void dropout_jvp(const struct fm_op_call *c)
{
    fm_kernel()->copy(false, fm_lines(c, c->node) * c->node->stride,
                      fm_tangent(c, fm_input_a(c)), fm_tangent(c, c->node));
}

const struct fm_op fm_op_dropout = {.name = "dropout",
                                    .forward = dropout_forward,
                                    .reverse = dropout_reverse,
                                    .jvp = dropout_jvp};
