/* The parts that a training is made of. */
#ifndef FM_TRAIN_SPEC_H
#define FM_TRAIN_SPEC_H

#include "config/host_options.h"
#include "host/data.h"
#include "nn/net.h"
#include <fmrun/plugin.h>

/* Seconds of training steps by phase, summed over threads. */
struct fm_train_profile {
    double data;      /* rows of source and data, t, x_t, u_t */
    double coupling;  /* drawing and pairing whole batches */
    double forward;   /* of the network, with the loss */
    double backward;  /* gradients */
    double optimiser; /* sum over shards, norm, update */
    double waiting;   /* for the other threads */
};

struct fm_train_spec {
    const struct fm_train_options *options;
    uint64_t seed;
    const struct fm_net *net;
    const struct fm_data *source, *data;
    /* rows for the validation loss; NULL: source and data */
    const struct fm_data *validation_source, *validation;
    bool is_paired; /* row i of source and row i of data are a pair */
    const struct fm_path_ops *path;
    const void *path_options;
    const struct fm_coupling_ops *coupling;
    const void *coupling_options;
    size_t n_threads;
    struct fm_train_profile *profile; /* each step adds to it; NULL: not measured */
};

#endif
