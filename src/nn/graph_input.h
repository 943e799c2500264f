/* The graph's calls for what is known of the data, and for the inputs x and t. */
#ifndef FM_NN_GRAPH_INPUT_H
#define FM_NN_GRAPH_INPUT_H

#include <fmrun/graph.h>

size_t fm_graph_sample_dim(const struct fm_graph *g);
void fm_graph_image_shape(const struct fm_graph *g, size_t *height, size_t *width,
                          size_t *channels);
size_t fm_graph_n_labels(const struct fm_graph *g);
struct fm_node fm_graph_input_x(struct fm_graph *g);
struct fm_node fm_graph_time_features(struct fm_graph *g, enum fm_time_features kind,
                                      size_t n);

#endif
