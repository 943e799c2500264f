/* Plugins of kind coupling: which x0 of a batch travels to which x1. */
#ifndef FM_FMRUN_COUPLING_H
#define FM_FMRUN_COUPLING_H

#include <fmrun/rng.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stddef.h>
#include <stdint.h>

struct fm_coupling_ops {
    size_t size; /* sizeof(struct fm_coupling_ops) */

    /* Row k of the training batch becomes (x0[i0[k]], x1[i1[k]]).  x0, x1: [n][dim];
     * i0, i1: [n], each below n.  Random choices come from `noise` alone.  Called from one
     * thread at a time, for one batch at a time.
     * NULL: row k is (x0[k], x1[k]), and batches need not be held whole. */
    enum fm_status (*pair)(const void *options, const struct fm_services *services,
                           size_t n, size_t dim, const double *x0, const double *x1,
                           struct fm_stream noise, uint32_t *i0, uint32_t *i1,
                           struct fm_error *err);
};

#endif
