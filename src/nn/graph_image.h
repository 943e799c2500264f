/* The graph's calls for convolution, resampling and pooling. */
#ifndef FM_NN_GRAPH_IMAGE_H
#define FM_NN_GRAPH_IMAGE_H

#include <fmrun/graph.h>

struct fm_node fm_graph_convolution(struct fm_graph *g, struct fm_node a, size_t channels,
                                    size_t kernel, size_t stride);
struct fm_node fm_graph_upsample(struct fm_graph *g, struct fm_node a);
struct fm_node fm_graph_downsample(struct fm_graph *g, struct fm_node a);
struct fm_node fm_graph_mean_pool(struct fm_graph *g, struct fm_node a);

#endif
