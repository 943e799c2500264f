/* Pairs for training steps, from couplings that pair whole batches.
 *
 * The pairs of a step depend on seed and step alone, so several coming steps are drawn
 * and paired ahead, each problem on one thread.  A coupling that costs more than the
 * step, as the exact assignment does, so uses all threads, and the pairs do not depend
 * on their number. */
#ifndef FM_TRAIN_PAIRING_H
#define FM_TRAIN_PAIRING_H

#include "base/arena.h"
#include "train/spec.h"

struct fm_pairing;

/* The pairs of a step: pair k is (x0[i0[k]], x1[i1[k]]), k < batch. */
struct fm_pairs {
    const double *x0, *x1;
    const uint32_t *label; /* of the rows of x1; NULL: no labels */
    const uint32_t *i0, *i1;
    struct fm_coupling_report quality; /* of the problem that gave them */
    double seconds;                    /* one thread's time for drawing and pairing */
};

/* The coupling's pair must not be NULL.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_pairing_init(struct fm_arena *arena,
                                           const struct fm_train_spec *spec,
                                           struct fm_pairing **pairing,
                                           struct fm_error *err);
/* Frees what is outside the arena.  NULL is allowed. */
void fm_pairing_fini(struct fm_pairing *pairing);

/* The pairs of the step after n_steps, valid until the next call.  Steps in rising order
 * are ready ahead; any other is computed.  Allocates nothing after the coupling's first
 * calls.  An error is this step's own, not that of a step computed with it. */
FM_MUST_USE enum fm_status fm_pairing_at(struct fm_pairing *pairing, uint64_t n_steps,
                                         struct fm_pairs *pairs, struct fm_error *err);

#endif
