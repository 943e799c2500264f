#include <config.h>

#include "nn/graph_input.h"

#include "base/error.h"
#include "nn/builder.h"

#include <math.h>

#define TWO_PI 6.28318530717958647692

static const struct fm_sample_shape *shape_of(const struct fm_graph *g)
{
    return &((const struct fm_builder *)g)->net->shape;
}

size_t fm_graph_sample_dim(const struct fm_graph *g)
{
    return shape_of(g)->dim;
}

void fm_graph_image_shape(const struct fm_graph *g, size_t *height, size_t *width,
                          size_t *channels)
{
    *height = shape_of(g)->height;
    *width = shape_of(g)->width;
    *channels = shape_of(g)->channels;
}

size_t fm_graph_n_labels(const struct fm_graph *g)
{
    return shape_of(g)->n_labels;
}

struct fm_node fm_graph_input_x(struct fm_graph *g)
{
    return fm_builder_add(fm_builder_of(g), fm_leaf_node(&fm_op_x, shape_of(g)->dim));
}

/* Turns per unit of t; graph.h has the formulas. */
static double frequency(enum fm_time_features kind, size_t i, size_t n)
{
    return kind == FM_TIME_FOURIER ? (double)(i + 1)
                                   : 1000 / TWO_PI * pow(10000, -(double)i / (double)n);
}

struct fm_node fm_graph_time_features(struct fm_graph *g, enum fm_time_features kind,
                                      size_t n)
{
    struct fm_builder *b = fm_builder_of(g);
    if (kind != FM_TIME_RAW && kind != FM_TIME_SINUSOIDAL && kind != FM_TIME_FOURIER)
        return fm_builder_mistake(b, "unknown kind of time features");
    struct fm_net_node node = fm_leaf_node(&fm_op_time, kind == FM_TIME_RAW ? 1 : 2 * n);
    node.time = kind;
    if (kind != FM_TIME_RAW) {
        if (n == 0 || n > FM_MAX_WIDTH / 2)
            return fm_builder_mistake(b, "time features need 1 to %d frequencies",
                                      FM_MAX_WIDTH / 2);
        double *frequencies = FM_NEW(b->arena, n, double);
        if (!frequencies) {
            (void)fm_out_of_memory(&b->error);
            return FM_NO_NODE;
        }
        for (size_t i = 0; i < n; i++)
            frequencies[i] = frequency(kind, i, n);
        node.frequencies = frequencies;
    }
    return fm_builder_add(b, node);
}
