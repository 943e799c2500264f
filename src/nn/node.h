/* A net as a list of nodes, and the operations that nodes stand for: what the builder of the
 * list (builder.c), the compiler (compile.c), the executor (net.c) and the operations (op_*.c)
 * share.
 *
 * The value of a node is [row][position][stride]: a row is a sample, a position a pixel of an
 * image or a token, 1 for plain vectors; width entries count, stride = fm_padded(width).  So a
 * linear layer over an image is a 1x1 convolution, by the same code: its matrix has rows times
 * positions lines.  Padding of values may hold anything; padding of gradients is zero. */
#ifndef FM_NN_NODE_H
#define FM_NN_NODE_H

#include "nn/kernel.h"
#include "nn/net.h"

enum { FM_MAX_NODES = 4096, FM_MAX_WIDTH = 1 << 20 };

struct fm_net_node;
struct fm_op_call;

/* An operation: a node's value, its reverse and its forward mode.
 * reverse: from the node's gradient to those of its inputs that have one (stored, or added
 * where fm_adds says so) and to the parameters' (call->gradient, stored or added as
 * call->is_added says).  jvp: from the inputs' tangents to the node's. */
struct fm_op {
    const char *name;
    bool is_leaf;      /* forward and jvp write `width` columns of each row and no more */
    bool can_activate; /* forward applies node->activation where is_activated */
    bool can_factor;   /* reverse multiplies a's gradient by a's derivative: is_factored */
    void (*forward)(const struct fm_op_call *c);
    void (*reverse)(const struct fm_op_call *c);
    void (*jvp)(const struct fm_op_call *c);
    /* Reals of the copy of its weights that reverse needs when input a has a gradient; and
     * the part of it that comes from panels first .. first + n - 1 of the weights, counted
     * through all taps.  Both NULL for none. */
    size_t (*transposed_size)(const struct fm_net *net, const struct fm_net_node *node);
    void (*transpose)(const struct fm_net *net, const struct fm_net_node *node,
                      size_t first, size_t n, const fm_real *weight, fm_real *transposed);
};

extern const struct fm_op fm_op_x, fm_op_time, fm_op_concat, fm_op_add, fm_op_reshape,
    fm_op_linear, fm_op_narrow, fm_op_activation;
extern const struct fm_op fm_op_convolution, fm_op_narrow_convolution, fm_op_upsample,
    fm_op_downsample, fm_op_mean_pool;
extern const struct fm_op fm_op_norm, fm_op_multiply, fm_op_attention, fm_op_position,
    fm_op_label;

struct fm_net_node {
    const struct fm_op *op;
    int32_t a, b;              /* inputs: indices of earlier nodes, or -1 */
    size_t height, line;       /* positions = height line: of an image, or 1 each */
    size_t width, stride;      /* stride of a position: fm_padded(width), or the owner's */
    bool has_gradient;         /* depends on a parameter: reverse mode goes through it */
    bool is_live;              /* the output depends on it */
    bool adds_to_a, adds_to_b; /* another node has stored the input's gradient before */
    bool is_activated;         /* activation follows; derivative kept */
    bool is_factored;          /* its gradient arrives multiplied by its derivative */
    enum fm_activation activation;
    enum fm_time_features time;
    const double *frequencies; /* [width / 2], in turns per unit of t (time) */
    size_t weight, bias;       /* offsets into the flat block */
    bool has_transposed;
    size_t transposed;   /* offset into the transposed copy */
    size_t kernel, step; /* of a convolution: pixels of a filter's side; its stride */
    size_t n_parts;   /* groups of a norm, 0 for each position alone; heads of attention */
    size_t n_saved;   /* reals a row that forward leaves for reverse and jvp */
    size_t n_scratch; /* reals a block while the operation runs */
    /* Places in the workspace, reals a row: of values that are kept, of values (and tangents)
     * whose room is used again, of gradients, of what is saved. */
    size_t kept, reused, gradient, saved;
    int32_t owner; /* the concat in whose value it lies, from `column` on; or itself */
    size_t column;
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
    size_t n; /* of the last forward */
    struct fm_net_input input;
    fm_real *values, *saved, *gradients, *scratch; /* gradients: or tangents, for JVP */
};

struct fm_op_call {
    const struct fm_net *net;
    const struct fm_net_node *node;
    struct fm_net_workspace *w;
    size_t n;                  /* rows */
    const fm_real *parameters; /* the flat block */
    const fm_real *transposed; /* reverse only */
    fm_real *gradient;         /* reverse only */
    bool is_added;
    const fm_real *dx; /* jvp only */
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
    return node->height * node->line;
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

/* What forward left for reverse and jvp; NULL where there is neither. */
static inline fm_real *fm_saved(const struct fm_op_call *c, const struct fm_net_node *node)
{
    return c->w->saved ? c->w->saved + node->saved * c->net->block_rows : NULL;
}

/* Of an activated node, where fm_value is in a value of its own: the last of what is saved. */
static inline fm_real *fm_derivative(const struct fm_op_call *c,
                                     const struct fm_net_node *node)
{
    size_t own = node->n_saved - fm_positions(node) * fm_padded(node->width);
    fm_real *saved = fm_saved(c, node);
    return saved ? saved + own * c->net->block_rows : NULL;
}

#endif
