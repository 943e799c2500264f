#include <config.h>

#include "nn/graph_input.h"

#include "base/error.h"
#include "nn/builder.h"

#include <math.h>

static const struct fm_node INVALID = {-1};

size_t fm_graph_sample_dim(const struct fm_graph *g)
{
    return ((const struct fm_builder *)g)->net->shape.dim;
}

void fm_graph_image_shape(const struct fm_graph *g, size_t *height, size_t *width,
                          size_t *channels)
{
    const struct fm_sample_shape *shape = &((const struct fm_builder *)g)->net->shape;
    *height = shape->height;
    *width = shape->width;
    *channels = shape->channels;
}

size_t fm_graph_n_labels(const struct fm_graph *g)
{
    return ((const struct fm_builder *)g)->net->shape.n_labels;
}

struct fm_node fm_graph_input_x(struct fm_graph *g)
{
    struct fm_builder *b = fm_builder_of(g);
    return fm_builder_add(b, (struct fm_net_node){.op = &fm_op_x,
                                                  .a = -1,
                                                  .b = -1,
                                                  .height = 1,
                                                  .line = 1,
                                                  .width = b->net->shape.dim});
}

struct fm_node fm_graph_time_features(struct fm_graph *g, enum fm_time_features kind,
                                      size_t n)
{
    struct fm_builder *b = fm_builder_of(g);
    double *frequencies = NULL;
    if (kind != FM_TIME_RAW && kind != FM_TIME_SINUSOIDAL && kind != FM_TIME_FOURIER)
        return fm_builder_mistake(b, "unknown kind of time features");
    if (kind != FM_TIME_RAW) {
        if (n == 0 || n > FM_MAX_WIDTH / 2)
            return fm_builder_mistake(b, "time features need 1 to 524288 frequencies");
        frequencies = FM_NEW(b->arena, n, double);
        if (!frequencies) {
            (void)fm_out_of_memory(&b->error);
            return INVALID;
        }
        for (size_t i = 0; i < n; i++)
            frequencies[i] =
                kind == FM_TIME_FOURIER
                    ? (double)(i + 1)
                    : 1000 / 6.28318530717958647692 * pow(10000, -(double)i / (double)n);
    }
    return fm_builder_add(b,
                          (struct fm_net_node){.op = &fm_op_time,
                                               .a = -1,
                                               .b = -1,
                                               .height = 1,
                                               .line = 1,
                                               .time = kind,
                                               .frequencies = frequencies,
                                               .width = kind == FM_TIME_RAW ? 1 : 2 * n});
}
