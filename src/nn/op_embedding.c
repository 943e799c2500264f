/* Learned tables: position adds a line to each position, label gives the line of the row's label. */
#include <config.h>

#include "base/error.h"
#include "nn/node.h"

#include <string.h>

/* Entry j of line i of a table with n lines lies at
 *     (j / FM_PANEL) n FM_PANEL + i FM_PANEL + j % FM_PANEL. */

/* ---- position ---- */

static void position_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    const size_t n = fm_positions(node), stride = node->stride;
    const fm_real *x = fm_value(c, fm_input_a(c)), *table = c->parameters + node->weight;
    fm_real *y = fm_value(c, node);
    for (size_t i = 0; i < c->n * n; i++)
        for (size_t j = 0; j < stride; j += FM_PANEL) {
            const fm_real *from = x + i * stride + j;
            const fm_real *own = table + j * n + i % n * FM_PANEL;
            fm_real *restrict to = y + i * stride + j;
            for (size_t k = 0; k < FM_PANEL; k++)
                to[k] = from[k] + own[k];
        }
}

static void position_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const size_t n = fm_positions(node), stride = node->stride;
    const fm_real *dy = fm_gradient(c, node);
    fm_real *table = c->gradient + node->weight;
    if (!c->is_added)
        memset(table, 0, n * stride * sizeof *table);
    for (size_t i = 0; i < c->n * n; i++)
        for (size_t j = 0; j < stride; j += FM_PANEL) {
            const fm_real *from = dy + i * stride + j;
            fm_real *restrict to = table + j * n + i % n * FM_PANEL;
            for (size_t k = 0; k < FM_PANEL; k++)
                to[k] += from[k];
        }
    if (a->has_gradient)
        fm_kernel()->copy(node->adds_to_a, c->n * n * stride, dy, fm_gradient(c, a));
}

static void position_jvp(const struct fm_op_call *c)
{
    fm_kernel()->copy(false, fm_lines(c, c->node) * c->node->stride,
                      fm_tangent(c, fm_input_a(c)), fm_tangent(c, c->node));
}

const struct fm_op fm_op_position = {.name = "position",
                                     .forward = position_forward,
                                     .reverse = position_reverse,
                                     .jvp = position_jvp};

/* ---- label: n_parts lines ---- */

static size_t label_at(const struct fm_op_call *c, size_t i)
{
    FM_ASSERT(c->w->input.label[i] < c->node->n_parts);
    return c->w->input.label[i];
}

static void label_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    const size_t panel = node->n_parts * FM_PANEL;
    fm_real *rows = fm_value(c, node);
    for (size_t i = 0; i < c->n; i++) {
        const fm_real *line = c->parameters + node->weight + label_at(c, i) * FM_PANEL;
        for (size_t j = 0; j < node->width; j++)
            rows[i * node->stride + j] = line[j / FM_PANEL * panel + j % FM_PANEL];
    }
}

static void label_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    const size_t panel = node->n_parts * FM_PANEL;
    const fm_real *rows = fm_gradient(c, node);
    fm_real *table = c->gradient + node->weight;
    if (!c->is_added)
        memset(table, 0, node->n_parts * fm_padded(node->width) * sizeof *table);
    for (size_t i = 0; i < c->n; i++) {
        fm_real *line = table + label_at(c, i) * FM_PANEL;
        for (size_t j = 0; j < node->width; j++)
            line[j / FM_PANEL * panel + j % FM_PANEL] += rows[i * node->stride + j];
    }
}

static void label_jvp(const struct fm_op_call *c)
{
    fm_real *rows = fm_tangent(c, c->node);
    for (size_t i = 0; i < c->n; i++)
        memset(rows + i * c->node->stride, 0, c->node->width * sizeof *rows);
}

const struct fm_op fm_op_label = {.name = "label",
                                  .is_leaf = true,
                                  .forward = label_forward,
                                  .reverse = label_reverse,
                                  .jvp = label_jvp};
