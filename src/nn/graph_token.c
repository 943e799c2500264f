/* The builder's side of norms, products, attention and embeddings. */
#include <config.h>

#include "nn/internal.h"

struct fm_node fm_graph_group_norm(struct fm_graph *g, struct fm_node a, size_t n_groups)
{
    (void)a, (void)n_groups;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}

struct fm_node fm_graph_layer_norm(struct fm_graph *g, struct fm_node a)
{
    (void)a;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}

struct fm_node fm_graph_multiply(struct fm_graph *g, struct fm_node a, struct fm_node b)
{
    (void)a, (void)b;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}

struct fm_node fm_graph_attention(struct fm_graph *g, struct fm_node a, size_t n_heads)
{
    (void)a, (void)n_heads;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}

struct fm_node fm_graph_position(struct fm_graph *g, struct fm_node a)
{
    (void)a;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}

struct fm_node fm_graph_label(struct fm_graph *g, size_t n_labels, size_t width)
{
    (void)n_labels, (void)width;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}
