/* The graph a network plugin describes: v(x, t) as a list of layers over rows.
 *
 * build() is called once per network with a graph handle; each call below adds a node and
 * returns it.  The host compiles the graph: parameters, initial values, forward, reverse and
 * forward mode.  A value of a node is a matrix [rows][width], rows being samples.  An
 * invalid call makes the graph remember the first error; later calls then do nothing, and
 * the host reports the error after build() returns, so a plugin need not check each node.
 * Everything is reached through the handle: a plugin links to nothing. */
#ifndef FM_FMRUN_GRAPH_H
#define FM_FMRUN_GRAPH_H

#include <stddef.h>
#include <stdint.h>

struct fm_node {
    int32_t index;
};

/* The index of a name in fm_activation_names is the value of the enum. */
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

/* How t enters the network; width of the node in brackets, n = number of frequencies. */
enum fm_time_features {
    FM_TIME_RAW,        /* [1]   t */
    FM_TIME_SINUSOIDAL, /* [2n]  cos, sin of 1000 t f_i, f_i = 10000^(-i/n): Vaswani et al.
                         *       2017, arXiv:1706.03762, sec. 3.5, as used by Ho et al. 2020 */
    FM_TIME_FOURIER     /* [2n]  cos, sin of 2 pi t k, k = 1..n: t in [0, 1] as a circle
                         *       opened by its harmonics; pair it with raw t */
};
#define FM_TIME_NAMES                                                                      \
    {                                                                                      \
        "raw", "sinusoidal", "fourier", NULL                                               \
    }

struct fm_graph;

struct fm_graph_ops {
    size_t size; /* sizeof(struct fm_graph_ops) of the host; it only ever grows */
    size_t (*sample_dim)(const struct fm_graph *g);
    struct fm_node (*input_x)(struct fm_graph *g);
    struct fm_node (*time_features)(struct fm_graph *g, enum fm_time_features kind,
                                    size_t n);
    struct fm_node (*concat)(struct fm_graph *g, struct fm_node a, struct fm_node b);
    struct fm_node (*add)(struct fm_graph *g, struct fm_node a, struct fm_node b);
    struct fm_node (*linear)(struct fm_graph *g, struct fm_node a, size_t width);
    struct fm_node (*activation)(struct fm_graph *g, struct fm_node a,
                                 enum fm_activation f);
    void (*output)(struct fm_graph *g, struct fm_node a);
};

struct fm_graph {
    const struct fm_graph_ops *ops;
};

/* Number of coordinates of a sample, d. */
static inline size_t fm_sample_dim(const struct fm_graph *g)
{
    return g->ops->sample_dim(g);
}

/* x itself, [rows][d]. */
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

/* [rows][width a + width b]. */
static inline struct fm_node fm_concat(struct fm_graph *g, struct fm_node a,
                                       struct fm_node b)
{
    return g->ops->concat(g, a, b);
}

/* a + b, equal widths (a residual connection). */
static inline struct fm_node fm_add(struct fm_graph *g, struct fm_node a, struct fm_node b)
{
    return g->ops->add(g, a, b);
}

/* a W + bias.  Initial values: both uniform in +-1/sqrt(width of a), as PyTorch's nn.Linear. */
static inline struct fm_node fm_linear(struct fm_graph *g, struct fm_node a, size_t width)
{
    return g->ops->linear(g, a, width);
}

/* f applied to each entry.  gelu is the exact x Phi(x); selu has the constants of Klambauer
 * et al. 2017, arXiv:1706.02515; elu has alpha = 1. */
static inline struct fm_node fm_activation(struct fm_graph *g, struct fm_node a,
                                           enum fm_activation f)
{
    return g->ops->activation(g, a, f);
}

/* Declares a, of width d, to be v(x, t).  Exactly once. */
static inline void fm_output(struct fm_graph *g, struct fm_node a)
{
    g->ops->output(g, a);
}

#endif
