/* Pairs for training steps, of couplings that want batches whole.
 *
 * Which rows are paired at a step is a function of seed and step alone.  So the rows of the
 * coming steps are drawn and paired ahead, several problems at a time, each on one thread: a
 * coupling that costs more than the step, as the exact assignment does, runs on all threads,
 * and the pairs are the same at any number of them. */
#ifndef FM_TRAIN_PAIRING_H
#define FM_TRAIN_PAIRING_H

#include "base/arena.h"
#include "train/spec.h"

struct fm_pairing;

/* The pairs of a step: row k goes from x0[i0[k]] to x1[i1[k]], k below the batch. */
struct fm_pairs {
    const double *x0, *x1;
    const uint32_t *label; /* of the rows of x1; NULL: the network asks for none */
    const uint32_t *i0, *i1;
    struct fm_coupling_report quality; /* of the problem they are from */
    double seconds;                    /* that drawing and pairing it took one thread */
};

/* For a coupling whose pair is not NULL.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_pairing_init(struct fm_arena *arena,
                                           const struct fm_train_spec *spec,
                                           struct fm_pairing **pairing,
                                           struct fm_error *err);
/* Frees what is not in the arena.  NULL is allowed. */
void fm_pairing_fini(struct fm_pairing *pairing);

/* Pairs of the step that follows n_steps, until the next call.  Steps in rising order are had
 * without more work; any other is found anew.  Allocates nothing once a coupling has had its
 * memory.  The error is that of this step, not of one that was paired with it. */
FM_MUST_USE enum fm_status fm_pairing_at(struct fm_pairing *pairing, uint64_t n_steps,
                                         struct fm_pairs *pairs, struct fm_error *err);

#endif
