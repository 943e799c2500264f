/* A velocity field v(x, t) ready to evaluate: a trained net, or a closed form. */
#ifndef FM_SAMPLE_VELOCITY_H
#define FM_SAMPLE_VELOCITY_H

#include "base/arena.h"
#include "nn/net.h"
#include <fmrun/network.h>
#include <fmrun/status.h>

struct fm_velocity {
    size_t dim;
    /* a net and its parameters ... */
    const struct fm_net *net;
    const fm_real *parameters;
    /* ... or a closed form */
    const struct fm_network_ops *ops;
    struct fm_closed_form form;
};

/* The most rows that fm_velocity_evaluate takes at once, at most FM_BLOCK_ROWS. */
size_t fm_velocity_block_rows(const struct fm_velocity *velocity);

/* Private memory of one thread. */
struct fm_velocity_workspace {
    struct fm_net_workspace *net;
    fm_real *x; /* [block_rows][dim] */
    void *scratch;
};

FM_MUST_USE enum fm_status fm_velocity_workspace(struct fm_arena *arena,
                                                 const struct fm_velocity *velocity,
                                                 struct fm_velocity_workspace *workspace,
                                                 struct fm_error *err);

/* v[i] = v(x[i], t[i]) for n <= fm_velocity_block_rows rows.  row: [n], the rows' numbers in the
 * solve.  x, v: [n][dim], no overlap.  Allocates nothing.  Fails only as a closed form fails. */
FM_MUST_USE enum fm_status fm_velocity_evaluate(const struct fm_velocity *velocity,
                                                struct fm_velocity_workspace *workspace,
                                                size_t n, const size_t *row,
                                                const double *t, const double *x, double *v,
                                                struct fm_error *err);

#endif
