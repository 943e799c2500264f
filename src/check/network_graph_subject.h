/* A net that a network plugin builds, at parameters away from the initial ones. */
#ifndef FM_CHECK_NETWORK_GRAPH_SUBJECT_H
#define FM_CHECK_NETWORK_GRAPH_SUBJECT_H

#include "check/network_subject.h"
#include "nn/net.h"

/* A net at parameters that are no longer the initial ones. */
struct fm_graph_subject {
    struct fm_network_subject common;
    struct fm_sample_shape shape;
    void (*build)(const void *options, struct fm_graph *g);
    const void *options;
    struct fm_net *net;
    fm_real *parameters;
    struct fm_guidance guidance; /* of a net that asks for labels */
};
/* Initial values plus noise of half their size: [fm_net_block_size], padding zero. */
FM_MUST_USE enum fm_status fm_graph_parameters(struct fm_arena *arena,
                                               const struct fm_net *net,
                                               fm_real **parameters, struct fm_error *err);

#endif
