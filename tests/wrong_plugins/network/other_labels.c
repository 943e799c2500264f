/* Forgets the label of rows without one. */
#include "graph.h"

static void build(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0));
    h = fm_concat(g, h, fm_label(g, fm_n_labels(g), 4));
    h = fm_activation(g, fm_linear(g, h, 16), FM_ACTIVATION_SILU);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

GRAPH("other_labels");
