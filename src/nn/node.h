/* A net as a list of nodes, and the operations that nodes stand for: what the builder of the
 * list (builder.c), the compiler (compile.c), the executor (net.c) and the operations (op_*.c)
 * share.
 *
 * The value of a node is [row][position][stride].  A row is a sample; a position is a pixel of an
 * image or a token, and plain vectors have one.  The first `width` of `stride` entries count;
 * stride = fm_padded(width).  So a linear layer over an image is a 1x1 convolution, by the same
 * code: its matrix has rows times positions lines.  Padding of values may hold anything; padding
 * of gradients is zero. */
#ifndef FM_NN_NODE_H
#define FM_NN_NODE_H

#include "nn/kernel.h"
#include "nn/net.h"

/* FM_MAX_WIDTH also limits the pixels of an image. */
enum { FM_MAX_NODES = 4096, FM_MAX_WIDTH = 1 << 20 };

struct fm_net_node;
struct fm_op_call;

/* An operation. */
struct fm_op {
    const char *name;
    /* forward and jvp write `width` entries of each row and leave the padding alone */
    bool is_leaf;
    /* forward applies node->activation where node->is_activated */
    bool can_activate;
    /* reverse multiplies a's gradient by a's derivative where a is factored */
    bool can_factor;

    /* From the values of the inputs to the node's. */
    void (*forward)(const struct fm_op_call *c);
    /* From the node's gradient to those of its inputs that have one (stored, or added where
     * adds_to_a and adds_to_b say so) and to the parameters' (call->gradient, stored, or added
     * where call->is_added). */
    void (*reverse)(const struct fm_op_call *c);
    /* From the tangents of the inputs to the node's. */
    void (*jvp)(const struct fm_op_call *c);

    /* The copy of the weights that reverse needs when input a has a gradient: its size in reals,
     * and the part of it that comes from panels first .. first + n - 1 of the weights, counted
     * through all taps.  Both NULL: reverse needs no copy. */
    size_t (*transposed_size)(const struct fm_net *net, const struct fm_net_node *node);
    void (*transpose)(const struct fm_net *net, const struct fm_net_node *node,
                      size_t first, size_t n, const fm_real *weight, fm_real *transposed);
};

/* By the file op_*.c that defines them. */
extern const struct fm_op fm_op_attention;                  /* attention */
extern const struct fm_op fm_op_convolution;                /* conv */
extern const struct fm_op fm_op_narrow_convolution;         /* conv_narrow */
extern const struct fm_op fm_op_dropout;                    /* dropout */
extern const struct fm_op fm_op_position, fm_op_label;      /* embedding */
extern const struct fm_op fm_op_x, fm_op_time;              /* input */
extern const struct fm_op fm_op_concat, fm_op_reshape;      /* input */
extern const struct fm_op fm_op_linear, fm_op_narrow;       /* linear */
extern const struct fm_op fm_op_norm;                       /* norm */
extern const struct fm_op fm_op_activation;                 /* pointwise */
extern const struct fm_op fm_op_add, fm_op_multiply;        /* pointwise */
extern const struct fm_op fm_op_mean_pool;                  /* pool */
extern const struct fm_op fm_op_upsample, fm_op_downsample; /* resample */

struct fm_net_node {
    const struct fm_op *op;
    /* Inputs: indices of earlier nodes, or -1. */
    int32_t a, b;

    /* Shape.  Positions = image_height image_width, 1 x 1 for vectors, 1 x n for tokens; width is
     * the number of channels.  stride: reals from one position to the next, fm_padded(width), or
     * that of the owner. */
    size_t image_height, image_width;
    size_t width, stride;

    /* What the operation needs. */
    enum fm_activation activation;
    enum fm_time_features time;
    double rate;               /* of dropout: probability of 0 */
    const double *frequencies; /* of time: [width / 2], in turns per unit of t */
    size_t kernel, step; /* of a convolution: side of its filters in pixels, its stride */
    size_t n_parts;      /* groups of a norm (0: layer norm), heads, labels */
    size_t weight, bias; /* offsets into the flat block */
    size_t n_saved;      /* reals a row that forward leaves for reverse and jvp */
    size_t n_scratch;    /* reals a block while the operation runs */

    /* What the compiler finds. */
    bool has_gradient;         /* depends on a parameter: reverse mode goes through it */
    bool is_live;              /* the output depends on it */
    bool adds_to_a, adds_to_b; /* another node has stored the input's gradient before */
    bool is_activated; /* an activation was fused into it; its derivative is saved */
    bool is_factored;  /* its gradient arrives multiplied by that derivative */
    bool has_transposed;
    size_t transposed; /* offset into the transposed copy */
    /* The node in whose value this one lies, from `column` on: a concat, or itself. */
    int32_t owner;
    size_t column;
    /* Places in the workspace, in reals a row: of values in a workspace that keeps them all; of
     * values, and tangents, where room is used again; of gradients; of what is saved. */
    size_t kept, reused, gradient, saved;
};

/* Panels of a tensor, and the node that keeps them transposed, or -1. */
struct fm_net_piece {
    const struct fm_parameter *parameter;
    size_t first_panel, n_panels;
    int32_t node;
};

struct fm_net {
    struct fm_sample_shape shape;
    size_t n_nodes, block_rows, n_labels;
    struct fm_net_node *nodes;
    int32_t output;
    size_t n_parameters; /* tensors */
    struct fm_parameter *parameters;
    size_t block_size, transposed_size, n_true_parameters;
    size_t kept_size, reused_size, gradient_size, saved_size; /* reals a row */
    size_t scratch_size;
    size_t n_pieces;
    struct fm_net_piece *pieces;
    double forward_flops, train_flops;
};

struct fm_net_workspace {
    enum fm_net_mode mode;
    size_t n; /* rows of the last forward */
    struct fm_net_input input;
    fm_real *values, *saved, *scratch;
    fm_real *gradients; /* or tangents, for FM_NET_JVP */
};

struct fm_op_call {
    const struct fm_net *net;
    const struct fm_net_node *node;
    struct fm_net_workspace *w;
    size_t n;                  /* rows */
    const fm_real *parameters; /* the flat block */
    /* Reverse only. */
    const fm_real *transposed;
    fm_real *gradient;
    bool is_added;
    /* Forward mode only. */
    const fm_real *dx;
};

static inline const struct fm_net_node *fm_input_a(const struct fm_op_call *c)
{
    return &c->net->nodes[c->node->a];
}

static inline const struct fm_net_node *fm_input_b(const struct fm_op_call *c)
{
    return &c->net->nodes[c->node->b];
}

static inline size_t fm_positions(const struct fm_net_node *node)
{
    return node->image_height * node->image_width;
}

/* Lines of a node's value: rows times positions. */
static inline size_t fm_lines(const struct fm_op_call *c, const struct fm_net_node *node)
{
    return c->n * fm_positions(node);
}

static inline fm_real *fm_value(const struct fm_op_call *c, const struct fm_net_node *node)
{
    const struct fm_net_node *owner = &c->net->nodes[node->owner];
    size_t place = c->w->mode == FM_NET_FORWARD ? owner->reused : owner->kept;
    return c->w->values + place * c->net->block_rows + node->column;
}

static inline fm_real *fm_tangent(const struct fm_op_call *c,
                                  const struct fm_net_node *node)
{
    const struct fm_net_node *owner = &c->net->nodes[node->owner];
    return c->w->gradients + owner->reused * c->net->block_rows + node->column;
}

static inline fm_real *fm_gradient(const struct fm_op_call *c,
                                   const struct fm_net_node *node)
{
    return c->w->gradients + node->gradient * c->net->block_rows;
}

/* What forward leaves for reverse and jvp; NULL in a workspace for forward alone. */
static inline fm_real *fm_saved(const struct fm_op_call *c, const struct fm_net_node *node)
{
    return c->w->saved ? c->w->saved + node->saved * c->net->block_rows : NULL;
}

/* The derivative of an activated node, laid out as a value of its own: the last of what is saved. */
static inline fm_real *fm_derivative(const struct fm_op_call *c,
                                     const struct fm_net_node *node)
{
    size_t own = node->n_saved - fm_positions(node) * fm_padded(node->width);
    fm_real *saved = fm_saved(c, node);
    return saved ? saved + own * c->net->block_rows : NULL;
}

#endif
