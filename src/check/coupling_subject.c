#include <config.h>

#include "check/coupling_subject.h"

#include "base/error.h"
#include "base/stream.h"

#include <math.h>
#include <string.h>

const char *const fm_batch_names[FM_N_BATCHES] = {
    "normal", "equal rows", "one row", "huge numbers", "tiny numbers", "far away"};

void fm_batch_fill(struct fm_batch *batch, enum fm_batch_kind kind, size_t n, size_t dim,
                   uint32_t index)
{
    static const double scales[FM_N_BATCHES] = {1, 1, 0, 1e60, 1e-60, 1};
    FM_ASSERT(n <= FM_BATCH_MAX && dim <= FM_BATCH_MAX_DIM);
    batch->n = n;
    batch->dim = dim;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r0 = fm_rng_at((struct fm_stream){5, 1, index}, i);
        struct fm_rng r1 = fm_rng_at((struct fm_stream){5, 2, index}, i);
        for (size_t j = 0; j < dim; j++) {
            double z0 = fm_rng_normal(&r0), z1 = 0.5 * fm_rng_normal(&r1) + 1;
            if (kind == FM_BATCH_GRID) {
                z0 = floor(z0);
                z1 = floor(z1);
            }
            batch->x0[i * dim + j] = 0.25 + scales[kind] * z0;
            batch->x1[i * dim + j] = 0.25 + scales[kind] * z1;
            if (kind == FM_BATCH_TINY) {
                batch->x0[i * dim + j] = scales[kind] * z0;
                batch->x1[i * dim + j] = scales[kind] * z1;
            }
            batch->x1[i * dim + j] += kind == FM_BATCH_FAR ? 1e5 : 0;
        }
    }
}

enum fm_status fm_batch_pair(const struct fm_coupling *coupling, struct fm_arena *arena,
                             struct fm_batch *batch, uint64_t seed, uint32_t step,
                             struct fm_error *err)
{
    const struct fm_coupling_batch rows = {.n = batch->n,
                                           .dim = batch->dim,
                                           .x0 = batch->x0,
                                           .x1 = batch->x1,
                                           .noise = {seed, FM_STREAM_TRAIN_COUPLING, step},
                                           .i0 = batch->i0,
                                           .i1 = batch->i1};
    memset(batch->i0, 0xff, sizeof batch->i0); /* an index out of range, if not written */
    memset(batch->i1, 0xff, sizeof batch->i1);
    enum fm_status status = fm_coupling_pair(coupling, arena, &rows, &batch->report, err);
    fm_arena_reset(arena);
    return status;
}
