/* The list of nodes while a network plugin describes it: what the calls of the graph
 * (graph_*.c) do to it. */
#ifndef FM_NN_BUILDER_H
#define FM_NN_BUILDER_H

#include "nn/node.h"

enum { FM_MAX_LAYER_NAMES = 16 };

struct fm_builder {
    struct fm_graph base; /* first: a struct fm_graph * is a struct fm_builder * */
    struct fm_arena *arena;
    struct fm_net *net;
    struct fm_error error; /* the first mistake */
    struct {
        const char *layer;
        size_t n;
    } counts[FM_MAX_LAYER_NAMES];
};

/* What a call returns after a mistake. */
#define FM_NO_NODE ((struct fm_node){-1})

/* Starts a net without nodes, in arena.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_builder_init(struct fm_builder *b,
                                           const struct fm_graph_ops *ops,
                                           struct fm_arena *arena,
                                           const struct fm_sample_shape *shape,
                                           struct fm_error *err);
/* Reports the first mistake, or that there is no output. */
FM_MUST_USE enum fm_status fm_builder_finish(struct fm_builder *b, struct fm_error *err);

struct fm_builder *fm_builder_of(struct fm_graph *g);

/* Keeps the message as FM_ERROR_PLUGIN unless there was a mistake before; returns FM_NO_NODE. */
FM_FORMAT(2, 3)
struct fm_node fm_builder_mistake(struct fm_builder *b, const char *format, ...);

/* The node of that index; NULL after a mistake, and with the mistake "LAYER of a node that does not
 * exist". */
const struct fm_net_node *fm_builder_input(struct fm_builder *b, struct fm_node x,
                                           const char *layer);

/* A node to complete and add: a leaf of that width; and one that reads x, with its shape. */
struct fm_net_node fm_leaf_node(const struct fm_op *op, size_t width);
struct fm_net_node fm_node_of(const struct fm_op *op, struct fm_node x,
                              const struct fm_net_node *input);

/* Adds the node: its op, inputs, shape and what belongs to the op are set.  It has a gradient when
 * it has a parameter, which the caller says, or when an input has one. */
struct fm_node fm_builder_add(struct fm_builder *b, struct fm_net_node node);

/* Adds a tensor named LAYER.NUMBER.KIND, where number counts the layers of that name so far;
 * fm_builder_next_layer ends one.  p: n_rows, n_columns, and what differs from zero.  *offset:
 * where it is in the flat block.  false: a mistake was made, or memory is out. */
bool fm_builder_parameter(struct fm_builder *b, const char *layer, const char *kind,
                          struct fm_parameter p, size_t *offset);
void fm_builder_next_layer(struct fm_builder *b, const char *layer);

/* Counts matrix products of that many multiplications and additions a row. */
void fm_builder_flops(struct fm_builder *b, double flops, bool has_input_gradient);

#endif
