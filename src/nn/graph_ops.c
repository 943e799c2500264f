#include <config.h>

#include "nn/graph_ops.h"

#include "nn/builder.h"
#include "nn/graph_image.h"
#include "nn/graph_input.h"
#include "nn/graph_layer.h"
#include "nn/graph_token.h"

static void output(struct fm_graph *g, struct fm_node x)
{
    struct fm_builder *b = fm_builder_of(g);
    const struct fm_net_node *p = fm_builder_input(b, x, "output");
    if (!p)
        return;
    const size_t dim = b->net->shape.dim, size = fm_positions(p) * p->width;
    if (b->net->output >= 0)
        (void)fm_builder_mistake(b, "the output is declared twice");
    else if (size != dim)
        (void)fm_builder_mistake(
            b, "the output must have as many entries as a sample: %zu, not %zu", dim, size);
    else if (!p->has_gradient)
        (void)fm_builder_mistake(b, "the output depends on no parameter; a closed form "
                                    "belongs in evaluate");
    else
        b->net->output =
            fm_positions(p) == 1 ? x.index : fm_graph_reshape(g, x, 1, 1, dim).index;
}

static FM_FORMAT(2, 0) struct fm_node
    graph_fail(struct fm_graph *g, const char *format, va_list arguments)
{
    struct fm_builder *b = fm_builder_of(g);
    if (b->error.status == FM_OK) {
        b->error.status = FM_ERROR_CONFIG;
        (void)vsnprintf(b->error.message, sizeof b->error.message, format, arguments);
    }
    return FM_NO_NODE;
}

const struct fm_graph_ops fm_graph_ops = {
    .size = sizeof fm_graph_ops,
    .sample_dim = fm_graph_sample_dim,
    .image_shape = fm_graph_image_shape,
    .input_x = fm_graph_input_x,
    .time_features = fm_graph_time_features,
    .concat = fm_graph_concat,
    .add = fm_graph_add,
    .reshape = fm_graph_reshape,
    .linear = fm_graph_linear,
    .activation = fm_graph_activation,
    .convolution = fm_graph_convolution,
    .upsample = fm_graph_upsample,
    .downsample = fm_graph_downsample,
    .group_norm = fm_graph_group_norm,
    .layer_norm = fm_graph_layer_norm,
    .multiply = fm_graph_multiply,
    .attention = fm_graph_attention,
    .position = fm_graph_position,
    .label = fm_graph_label,
    .output = output,
    .n_labels = fm_graph_n_labels,
    .graph_fail = graph_fail,
    .mean_pool = fm_graph_mean_pool,
    .dropout = fm_graph_dropout,
};
