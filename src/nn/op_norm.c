/* Group norm, and layer norm, whose n_parts is 0. */
#include <config.h>

#include "nn/node.h"

#include <string.h>

static struct fm_norm norm(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    return (struct fm_norm){
        .n = c->n,
        .n_positions = fm_positions(node),
        .width = node->width,
        .n_groups = node->n_parts,
        .x = fm_value(c, a),
        .scale = c->parameters + node->weight,
        .shift = c->parameters + node->bias,
        .moments = fm_saved(c, node),
        .scratch = c->w->scratch,
    };
}

static void norm_forward(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    struct fm_norm s = norm(c);
    s.y = fm_value(c, node);
    s.is_activated = node->is_activated;
    s.activation = node->activation;
    s.derivative = node->is_activated ? fm_derivative(c, node) : NULL;
    fm_kernel()->norm(&s);
}

static void norm_reverse(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node, *a = fm_input_a(c);
    const struct fm_norm s = norm(c);
    const struct fm_norm_change d = {
        .is_reverse = true,
        .is_added = node->adds_to_a,
        .from = fm_gradient(c, node),
        .to = a->has_gradient ? fm_gradient(c, a) : NULL,
        .dscale = c->gradient + node->weight,
        .dshift = c->gradient + node->bias,
    };
    if (!c->is_added) {
        memset(d.dscale, 0, fm_padded(node->width) * sizeof *d.dscale);
        memset(d.dshift, 0, fm_padded(node->width) * sizeof *d.dshift);
    }
    fm_kernel()->norm_change(&s, &d);
}

static void norm_jvp(const struct fm_op_call *c)
{
    const struct fm_net_node *node = c->node;
    const struct fm_norm s = norm(c);
    const struct fm_norm_change d = {
        .from = fm_tangent(c, fm_input_a(c)),
        .factor = node->is_activated ? fm_derivative(c, node) : NULL,
        .to = fm_tangent(c, node),
    };
    fm_kernel()->norm_change(&s, &d);
}

const struct fm_op fm_op_norm = {.name = "norm",
                                 .can_activate = true,
                                 .forward = norm_forward,
                                 .reverse = norm_reverse,
                                 .jvp = norm_jvp};
