/* The builder's side of convolution and resampling. */
#include <config.h>

#include "nn/internal.h"

struct fm_node fm_graph_convolution(struct fm_graph *g, struct fm_node a, size_t channels,
                                    size_t kernel, size_t stride)
{
    (void)a, (void)channels, (void)kernel, (void)stride;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}

struct fm_node fm_graph_upsample(struct fm_graph *g, struct fm_node a)
{
    (void)a;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}

struct fm_node fm_graph_downsample(struct fm_graph *g, struct fm_node a)
{
    (void)a;
    return fm_builder_mistake(fm_builder_of(g), "not there yet");
}
