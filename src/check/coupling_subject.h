/* The coupling under test, the batches that it pairs, and one call.  Parts of the checks report
 * errors by rows alone. */
#ifndef FM_CHECK_COUPLING_SUBJECT_H
#define FM_CHECK_COUPLING_SUBJECT_H

#include "base/arena.h"
#include "check/row.h"
#include "host/coupling.h"
#include <stdbool.h>

enum { FM_BATCH_MAX = 128, FM_BATCH_MAX_DIM = 10 };

enum fm_batch_kind {
    FM_BATCH_NORMAL,
    FM_BATCH_GRID,  /* few different rows, each several times */
    FM_BATCH_EQUAL, /* the same row n times */
    FM_BATCH_HUGE,
    FM_BATCH_TINY,
    FM_BATCH_FAR, /* x1 far from x0 */
    FM_N_BATCHES
};
extern const char *const fm_batch_names[FM_N_BATCHES];

/* A batch and its pairs. */
struct fm_batch {
    size_t n, dim;
    double x0[FM_BATCH_MAX * FM_BATCH_MAX_DIM], x1[FM_BATCH_MAX * FM_BATCH_MAX_DIM];
    uint32_t i0[FM_BATCH_MAX], i1[FM_BATCH_MAX];
    struct fm_coupling_report report;
};

struct fm_coupling_subject {
    const struct fm_check_sink *sink;
    const struct fm_coupling *coupling;
    struct fm_arena arena;          /* for the plugin's calls */
    struct fm_batch *batch, *other; /* for the part that runs */
};

/* Draws rows of a kind, others for each index; x0 and x1 have different distributions. */
void fm_batch_fill(struct fm_batch *batch, enum fm_batch_kind kind, size_t n, size_t dim,
                   uint32_t index);
/* Calls the coupling; the arena is empty afterwards. */
FM_MUST_USE enum fm_status fm_batch_pair(const struct fm_coupling *coupling,
                                         struct fm_arena *arena, struct fm_batch *batch,
                                         uint64_t seed, uint32_t step,
                                         struct fm_error *err);

#endif
