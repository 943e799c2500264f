/* The graph's calls for norms, attention and learned tables. */
#ifndef FM_NN_GRAPH_TOKEN_H
#define FM_NN_GRAPH_TOKEN_H

#include <fmrun/graph.h>

struct fm_node fm_graph_group_norm(struct fm_graph *g, struct fm_node a, size_t n_groups);
struct fm_node fm_graph_layer_norm(struct fm_graph *g, struct fm_node a);
struct fm_node fm_graph_attention(struct fm_graph *g, struct fm_node a, size_t n_heads);
struct fm_node fm_graph_position(struct fm_graph *g, struct fm_node a);
struct fm_node fm_graph_label(struct fm_graph *g, size_t width);

#endif
