/* Builds the same layers each time, with another activation between them. */
#include "graph.h"

static int n_built;

static void build(const void *options, struct fm_graph *g)
{
    (void)options;
    build_right(g, 16, n_built++ % 2 ? FM_ACTIVATION_SILU : FM_ACTIVATION_GELU);
}

GRAPH("other_function");
