/* The loss on rows that training does not see. */
#ifndef FM_TRAIN_VALIDATION_H
#define FM_TRAIN_VALIDATION_H

#include "host/prediction.h"
#include "train/loss.h"
#include "train/spec.h"

/* The loss on rows that follow from the seed alone, the same at every step: pairs, and noise of
 * the path, as training would have them at a step that it never comes to, and stratified times
 * whatever options.time says. */
struct fm_validation {
    size_t n, n_blocks, block_rows;
    fm_real *x;         /* [n][dim] */
    double *y;          /* [n][dim] */
    double *weight, *t; /* [n]; weight: or NULL */
    uint32_t *label;    /* [n], or NULL: the network asks for none */
    double *block_sums; /* [n_blocks] */
    struct fm_loss loss;
};
/* The coupling's error, or FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_validation_init(struct fm_arena *arena,
                                              const struct fm_train_spec *spec,
                                              const struct fm_prediction *prediction,
                                              bool is_weighted, struct fm_validation *v,
                                              struct fm_error *err);
/* workspaces: one a thread.  The same bits for any number of them. */
double fm_validation_loss(const struct fm_validation *v, const struct fm_net *net,
                          const fm_real *weights, size_t n_threads,
                          struct fm_net_workspace *const *workspaces);

#endif
