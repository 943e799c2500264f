/* Self-attention: the heads of each row, one by one. */
#include <config.h>

#include "nn/node.h"

#include <string.h>

/* The inputs and outputs of head number `head` of a row. */
static struct fm_attention head_of(const struct fm_op_call *c, size_t row, size_t head)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const size_t n_tokens = fm_positions(node), width = node->width / node->n_parts;
    const fm_real *x = fm_value(c, a) + row * n_tokens * a->stride + head * width;
    fm_real *saved = fm_saved(c, node);
    if (saved)
        saved += (row * node->n_parts + head) * 2 * n_tokens;
    return (struct fm_attention){
        .n_tokens = n_tokens,
        .width = width,
        .row = a->stride,
        .out_row = node->stride,
        .query = x,
        .key = x + node->width,
        .value = x + 2 * node->width,
        .out = fm_value(c, node) + row * n_tokens * node->stride + head * width,
        .largest = saved,
        .share = saved ? saved + n_tokens : NULL,
        .scratch = c->w->scratch,
    };
}

/* Its places in the gradients, or in the tangents. */
static struct fm_attention_change
change_of(const struct fm_op_call *c, size_t row, size_t head,
          fm_real *(*of)(const struct fm_op_call *, const struct fm_net_node *))
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const size_t n_tokens = fm_positions(node), width = node->width / node->n_parts;
    fm_real *x = of(c, a) + row * n_tokens * a->stride + head * width;
    return (struct fm_attention_change){
        .is_added = node->adds_to_a,
        .query = x,
        .key = x + node->width,
        .value = x + 2 * node->width,
        .out = of(c, node) + row * n_tokens * node->stride + head * width,
    };
}

static void attention_forward(const struct fm_op_call *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t h = 0; h < c->node->n_parts; h++) {
            const struct fm_attention s = head_of(c, i, h);
            fm_kernel()->attention(&s);
        }
}

static void attention_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *a = fm_input_a(c);
    if (!a->has_gradient)
        return;
    for (size_t i = 0; i < c->n; i++)
        for (size_t h = 0; h < c->node->n_parts; h++) {
            const struct fm_attention s = head_of(c, i, h);
            const struct fm_attention_change d = change_of(c, i, h, fm_gradient);
            fm_kernel()->attention_reverse(&s, &d);
        }
    if (!c->node->adds_to_a)
        for (size_t i = 0; i < fm_lines(c, a); i++)
            memset(fm_gradient(c, a) + i * a->stride + a->width, 0,
                   (a->stride - a->width) * sizeof(fm_real));
}

static void attention_jvp(const struct fm_op_call *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t h = 0; h < c->node->n_parts; h++) {
            const struct fm_attention s = head_of(c, i, h);
            const struct fm_attention_change d = change_of(c, i, h, fm_tangent);
            fm_kernel()->attention_jvp(&s, &d);
        }
}

const struct fm_op fm_op_attention = {.name = "attention",
                                      .forward = attention_forward,
                                      .reverse = attention_reverse,
                                      .jvp = attention_jvp};
