/* Right: a function with kinks, where differences are inaccurate. */
#include "graph.h"

static void build(const void *options, struct fm_graph *g)
{
    (void)options;
    build_right(g, 40, FM_ACTIVATION_RELU);
}

GRAPH("right_kinks");
