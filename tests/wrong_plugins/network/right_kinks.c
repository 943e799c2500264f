/* Right: a function with kinks, which differences are of little use for. */
#include "graph.h"

static void build(const void *options, struct fm_graph *g)
{
    (void)options;
    build_right(g, 40, FM_ACTIVATION_RELU);
}

GRAPH("right_kinks");
