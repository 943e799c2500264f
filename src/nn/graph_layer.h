/* The graph's calls for shapes, operations entry by entry, and linear layers. */
#ifndef FM_NN_GRAPH_LAYER_H
#define FM_NN_GRAPH_LAYER_H

#include "nn/builder.h"

struct fm_node fm_graph_concat(struct fm_graph *g, struct fm_node x, struct fm_node y);
struct fm_node fm_graph_add(struct fm_graph *g, struct fm_node x, struct fm_node y);
struct fm_node fm_graph_multiply(struct fm_graph *g, struct fm_node x, struct fm_node y);
struct fm_node fm_graph_reshape(struct fm_graph *g, struct fm_node x, size_t height,
                                size_t width, size_t channels);
struct fm_node fm_graph_dropout(struct fm_graph *g, struct fm_node x, double rate);
struct fm_node fm_graph_linear(struct fm_graph *g, struct fm_node x, size_t width);
struct fm_node fm_graph_activation(struct fm_graph *g, struct fm_node x,
                                   enum fm_activation f);

/* A linear layer of x, with tensors named LAYER.NUMBER; x and width are checked. */
struct fm_node fm_graph_linear_layer(struct fm_builder *b, struct fm_node x, size_t width,
                                     const char *layer);

#endif
