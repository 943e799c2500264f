/* What graph.c, ops.c and net.c share. */
#ifndef FM_NN_INTERNAL_H
#define FM_NN_INTERNAL_H

#include "nn/kernel.h"
#include "nn/net.h"

enum { FM_MAX_NODES = 4096, FM_MAX_WIDTH = 1 << 20 };

enum fm_op { FM_OP_X, FM_OP_TIME, FM_OP_CONCAT, FM_OP_ADD, FM_OP_LINEAR, FM_OP_ACTIVATION };

struct fm_net_node {
    enum fm_op op;
    int32_t a, b;         /* inputs: indices of earlier nodes */
    size_t width, stride; /* stride = fm_padded(width): values are [rows][stride] */
    bool has_gradient;    /* depends on a parameter: reverse mode goes through it */
    enum fm_activation activation;
    enum fm_time_features time;
    size_t n_frequencies;
    size_t weight, bias; /* offsets into the flat block (linear) */
    size_t transposed;   /* offset into the transposed copy (linear) */
    size_t offset;       /* of the node's values in a workspace buffer, in rows' strides */
};

struct fm_net {
    size_t dim;
    size_t n_nodes;
    struct fm_net_node *nodes;
    int32_t output;
    size_t n_parameters; /* tensors */
    struct fm_parameter *parameters;
    size_t block_size, transposed_size, n_true_parameters;
    size_t value_size; /* sum of strides: reals per row of all nodes */
    double forward_flops, train_flops;
};

struct fm_net_workspace {
    enum fm_net_mode mode;
    const double *t;
    fm_real *values;      /* [n_nodes][FM_BLOCK_ROWS][stride] */
    fm_real *gradients;   /* the same shape: d loss / d value, or tangents for JVP */
    fm_real *derivatives; /* the same shape: f'(z) of activation nodes */
};

static inline fm_real *fm_node_rows(fm_real *buffer, const struct fm_net_node *node)
{
    return buffer + node->offset * FM_BLOCK_ROWS;
}

void fm_op_forward(const struct fm_net *net, const struct fm_net_node *node,
                   const fm_real *block, struct fm_net_workspace *w, size_t n,
                   const fm_real *x);
void fm_op_reverse(const struct fm_net *net, const struct fm_net_node *node,
                   const fm_real *transposed, struct fm_net_workspace *w, size_t n,
                   fm_real *gradient);
void fm_op_jvp(const struct fm_net *net, const struct fm_net_node *node,
               const fm_real *block, struct fm_net_workspace *w, size_t n,
               const fm_real *dx);

#endif
