/* The calls of the graph, as a network plugin sees them. */
#ifndef FM_NN_GRAPH_OPS_H
#define FM_NN_GRAPH_OPS_H

#include <fmrun/graph.h>

extern const struct fm_graph_ops fm_graph_ops;

#endif
