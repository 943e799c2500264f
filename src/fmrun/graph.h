/* The graph a network plugin describes: v(x, t) as a list of layers over rows.
 *
 * The host calls build() once per network with a graph handle; each call below adds a node and
 * returns it.  The host compiles the graph: parameters, initial values, forward, reverse and
 * forward mode.
 *
 * The value of a node is a matrix [rows][width]; a row is a sample.  An image is
 * [rows][height][width][channels], and a sequence of tokens is an image of height 1.  What is
 * said of [width] below then holds at each pixel or token, with the channels as width.
 *
 * An invalid call is a mistake: the graph remembers the first one, later calls do nothing, and
 * the host reports the mistake after build() returns.  So a plugin need not check each node.
 * A plugin links to nothing: it reaches everything through the handle.
 *
 * struct fm_graph_ops only ever grows, at its end, and `size` says how much of it the host has.
 * So further inputs (a second time, numbers that the data set gives with each row beside a
 * label) will be calls that return a node, as fm_time and fm_label do, and further layers will
 * be calls that take one. */
#ifndef FM_FMRUN_GRAPH_H
#define FM_FMRUN_GRAPH_H

#include <fmrun/status.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* The value of a node, by number. */
struct fm_node {
    int32_t index;
};

/* FM_ACTIVATION_NAMES has the names in the order of the enum, for options. */
enum fm_activation {
    FM_ACTIVATION_RELU,
    FM_ACTIVATION_SILU,
    FM_ACTIVATION_GELU,
    FM_ACTIVATION_SELU,
    FM_ACTIVATION_ELU,
    FM_ACTIVATION_TANH,
    FM_ACTIVATION_SOFTPLUS,
    FM_N_ACTIVATIONS
};
#define FM_ACTIVATION_NAMES                                                                \
    {                                                                                      \
        "relu", "silu", "gelu", "selu", "elu", "tanh", "softplus", NULL                    \
    }

/* How t enters the network; n is the number of frequencies. */
enum fm_time_features {
    /* [1]: t */
    FM_TIME_RAW,
    /* [2n]: cos and sin of 1000 t f_i, f_i = 10000^(-i/n), i = 0..n-1.
     * Source: Vaswani et al. 2017, arXiv:1706.03762, sec. 3.5, as used by Ho et al. 2020. */
    FM_TIME_SINUSOIDAL,
    /* [2n]: cos and sin of 2 pi t k, k = 1..n.  They are the same at t = 0 and t = 1, so pair
     * them with raw t. */
    FM_TIME_FOURIER
};
#define FM_TIME_NAMES                                                                      \
    {                                                                                      \
        "raw", "sinusoidal", "fourier", NULL                                               \
    }

struct fm_graph;

struct fm_graph_ops {
    size_t size; /* sizeof(struct fm_graph_ops) of the host; it only ever grows */
    size_t (*sample_dim)(const struct fm_graph *g);
    void (*image_shape)(const struct fm_graph *g, size_t *height, size_t *width,
                        size_t *channels);
    struct fm_node (*input_x)(struct fm_graph *g);
    struct fm_node (*time_features)(struct fm_graph *g, enum fm_time_features kind,
                                    size_t n);
    struct fm_node (*concat)(struct fm_graph *g, struct fm_node a, struct fm_node b);
    struct fm_node (*add)(struct fm_graph *g, struct fm_node a, struct fm_node b);
    struct fm_node (*reshape)(struct fm_graph *g, struct fm_node a, size_t height,
                              size_t width, size_t channels);
    struct fm_node (*linear)(struct fm_graph *g, struct fm_node a, size_t width);
    struct fm_node (*activation)(struct fm_graph *g, struct fm_node a,
                                 enum fm_activation f);
    struct fm_node (*convolution)(struct fm_graph *g, struct fm_node a, size_t channels,
                                  size_t kernel, size_t stride);
    struct fm_node (*upsample)(struct fm_graph *g, struct fm_node a);
    struct fm_node (*downsample)(struct fm_graph *g, struct fm_node a);
    struct fm_node (*group_norm)(struct fm_graph *g, struct fm_node a, size_t n_groups);
    struct fm_node (*layer_norm)(struct fm_graph *g, struct fm_node a);
    struct fm_node (*multiply)(struct fm_graph *g, struct fm_node a, struct fm_node b);
    struct fm_node (*attention)(struct fm_graph *g, struct fm_node a, size_t n_heads);
    struct fm_node (*position)(struct fm_graph *g, struct fm_node a);
    struct fm_node (*label)(struct fm_graph *g, size_t width);
    void (*output)(struct fm_graph *g, struct fm_node a);
    size_t (*n_labels)(const struct fm_graph *g);
    struct fm_node (*graph_fail)(struct fm_graph *g, const char *format, va_list arguments);
    struct fm_node (*mean_pool)(struct fm_graph *g, struct fm_node a);
    struct fm_node (*dropout)(struct fm_graph *g, struct fm_node a, double rate);
};

struct fm_graph {
    const struct fm_graph_ops *ops;
};

/* Number of coordinates of a sample, d. */
static inline size_t fm_sample_dim(const struct fm_graph *g)
{
    return g->ops->sample_dim(g);
}

/* The shape of a sample that is an image, d = height width channels; zeros where samples are no
 * images. */
static inline void fm_image_shape(const struct fm_graph *g, size_t *height, size_t *width,
                                  size_t *channels)
{
    g->ops->image_shape(g, height, width, channels);
}

/* The number n of labels of the data: a row has one of 0 .. n - 1.  0: rows have no labels. */
static inline size_t fm_n_labels(const struct fm_graph *g)
{
    return g->ops->n_labels(g);
}

/* [d]: the sample x.  fm_reshape makes it an image. */
static inline struct fm_node fm_input_x(struct fm_graph *g)
{
    return g->ops->input_x(g);
}

/* Features of t; n is ignored for FM_TIME_RAW. */
static inline struct fm_node fm_time(struct fm_graph *g, enum fm_time_features kind,
                                     size_t n)
{
    return g->ops->time_features(g, kind, n);
}

/* [width a + width b]: the entries of a, then those of b.  Images must have the same size. */
static inline struct fm_node fm_concat(struct fm_graph *g, struct fm_node a,
                                       struct fm_node b)
{
    return g->ops->concat(g, a, b);
}

/* a + b, entry by entry, equal widths (a residual connection).  Where a is an image, b may be one
 * vector of its channels, added to each pixel. */
static inline struct fm_node fm_add(struct fm_graph *g, struct fm_node a, struct fm_node b)
{
    return g->ops->add(g, a, b);
}

/* The same entries in the same order as an image [height][width][channels].  height = width = 1
 * gives a vector, height = 1 a sequence of tokens. */
static inline struct fm_node fm_reshape(struct fm_graph *g, struct fm_node a, size_t height,
                                        size_t width, size_t channels)
{
    return g->ops->reshape(g, a, height, width, channels);
}

/* a W + bias.  Initial values: both uniform in +-1/sqrt(width of a), as PyTorch's nn.Linear. */
static inline struct fm_node fm_linear(struct fm_graph *g, struct fm_node a, size_t width)
{
    return g->ops->linear(g, a, width);
}

/* f of each entry.  gelu is the exact x Phi(x); selu has the constants of Klambauer et al. 2017,
 * arXiv:1706.02515; elu has alpha = 1. */
static inline struct fm_node fm_activation(struct fm_graph *g, struct fm_node a,
                                           enum fm_activation f)
{
    return g->ops->activation(g, a, f);
}

/* Convolution of an image with `channels` filters of kernel x kernel pixels (1 or 3), plus bias.
 * Borders are padded with kernel / 2 zeros on each side.  The stride is 1, or 2, which halves
 * height and width, rounded up.  Initial values: uniform in +-1/sqrt(kernel^2 channels of a), as
 * PyTorch's nn.Conv2d. */
static inline struct fm_node fm_convolution(struct fm_graph *g, struct fm_node a,
                                            size_t channels, size_t kernel, size_t stride)
{
    return g->ops->convolution(g, a, channels, kernel, stride);
}

/* Repeats each pixel 2 x 2 times (nearest neighbour). */
static inline struct fm_node fm_upsample(struct fm_graph *g, struct fm_node a)
{
    return g->ops->upsample(g, a);
}

/* The mean of each 2 x 2 pixels; height and width must be even. */
static inline struct fm_node fm_downsample(struct fm_graph *g, struct fm_node a)
{
    return g->ops->downsample(g, a);
}

/* [width]: the mean over all pixels or tokens of a sample (global average pooling). */
static inline struct fm_node fm_mean_pool(struct fm_graph *g, struct fm_node a)
{
    return g->ops->mean_pool(g, a);
}

/* (a - mean) / sqrt(variance + 1e-5) scale + shift.  Mean and variance are those of a sample's
 * group: all pixels and width / n_groups neighbouring channels.  Scale and shift are learned for
 * each channel.  Initial values: 1 and 0.  Source: Wu and He 2018, arXiv:1803.08494. */
static inline struct fm_node fm_group_norm(struct fm_graph *g, struct fm_node a,
                                           size_t n_groups)
{
    return g->ops->group_norm(g, a, n_groups);
}

/* The same with mean and variance over the channels of each pixel or token.
 * Source: Ba et al. 2016, arXiv:1607.06450. */
static inline struct fm_node fm_layer_norm(struct fm_graph *g, struct fm_node a)
{
    return g->ops->layer_norm(g, a);
}

/* a b, entry by entry, equal widths.  Where a is an image, b may be one vector of its channels,
 * which multiplies each pixel (a gate, or a scale that depends on t). */
static inline struct fm_node fm_multiply(struct fm_graph *g, struct fm_node a,
                                         struct fm_node b)
{
    return g->ops->multiply(g, a, b);
}

/* Self-attention among the pixels or tokens of a sample.  a: [tokens][3 width], each token's
 * query, key and value side by side.  Gives [tokens][width]: for each of n_heads equal parts of
 * the width, softmax(q k^T / sqrt(width / n_heads)) v.
 * Source: Vaswani et al. 2017, arXiv:1706.03762, eq. 1. */
static inline struct fm_node fm_attention(struct fm_graph *g, struct fm_node a,
                                          size_t n_heads)
{
    return g->ops->attention(g, a, n_heads);
}

/* a plus a learned vector for each pixel or token.  Initial values: normal with deviation 0.02. */
static inline struct fm_node fm_position(struct fm_graph *g, struct fm_node a)
{
    return g->ops->position(g, a);
}

/* [width]: a learned vector for each label, and one more for rows without a label, which
 * train.label_dropout makes.  Initial values: normal with deviation 1, as PyTorch's
 * nn.Embedding.  The host refuses a config whose data have no labels. */
static inline struct fm_node fm_label(struct fm_graph *g, size_t width)
{
    return g->ops->label(g, width);
}

/* In training, sets each entry of a to 0 with probability `rate`, in [0, 1), and divides the others
 * by 1 - rate.  Entries are drawn anew for each row and training step.  In validation, sampling and
 * the derivative along x it is a itself.
 * Source: Srivastava et al. 2014, JMLR 15:1929, scaled in training as PyTorch's nn.Dropout. */
static inline struct fm_node fm_dropout(struct fm_graph *g, struct fm_node a, double rate)
{
    return g->ops->dropout(g, a, rate);
}

/* Declares that a, of d entries, is v(x, t).  Call it exactly once. */
static inline void fm_output(struct fm_graph *g, struct fm_node a)
{
    g->ops->output(g, a);
}

/* Says why the network can't be built for these data or with these options, as printf formats it.
 * The host reports it as FM_ERROR_CONFIG, after the plugin's name, at the network's line of the
 * config.  Returns a node that does not exist, so that a function that returns a node can end
 * with this call. */
static inline FM_FORMAT(2, 3) struct fm_node
    fm_graph_fail(struct fm_graph *g, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct fm_node none = g->ops->graph_fail(g, format, arguments);
    va_end(arguments);
    return none;
}

#endif
