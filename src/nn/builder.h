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

/* A net without nodes, in arena.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_builder_init(struct fm_builder *b,
                                           const struct fm_graph_ops *ops,
                                           struct fm_arena *arena,
                                           const struct fm_sample_shape *shape,
                                           struct fm_error *err);
/* The first mistake, or that there is no output. */
FM_MUST_USE enum fm_status fm_builder_finish(struct fm_builder *b, struct fm_error *err);

struct fm_builder *fm_builder_of(struct fm_graph *g);
struct fm_net *fm_builder_net(struct fm_builder *b);
/* The node of that index, or NULL with the mistake "WHAT of a node that does not exist". */
const struct fm_net_node *fm_builder_input(struct fm_builder *b, struct fm_node x,
                                           const char *what);
/* Remembers the first mistake; returns the node that is none. */
struct fm_node fm_builder_mistake(struct fm_builder *b, const char *what);
/* Adds the node: op, a, b (-1 for none), height, line, width and what belongs to the op are
 * set.  It has a gradient when it has a parameter (then say so) or an input of it has. */
struct fm_node fm_builder_add(struct fm_builder *b, struct fm_net_node node);
/* Adds a tensor named LAYER.NUMBER.KIND, where number counts the layers of that name so far
 * (fm_builder_next_layer ends one).  p: n_rows, n_columns, and what differs from zero.
 * *offset: where it is in the flat block.  false: a mistake was made, or memory is out. */
bool fm_builder_parameter(struct fm_builder *b, const char *layer, const char *kind,
                          struct fm_parameter p, size_t *offset);
void fm_builder_next_layer(struct fm_builder *b, const char *layer);
/* Counts matrix products of that many multiplications and additions a row. */
void fm_builder_flops(struct fm_builder *b, double flops, bool has_input_gradient);

#endif
