/* Builds another width each time. */
#include "graph.h"

static size_t n_built;

static void build(const void *options, struct fm_graph *g)
{
    (void)options;
    build_right(g, 16 + n_built++ % 2, FM_ACTIVATION_SILU);
}

GRAPH("other_width");
