/* The validation loss. */
#ifndef FM_TRAIN_VALIDATION_H
#define FM_TRAIN_VALIDATION_H

#include "host/prediction.h"
#include "train/loss.h"
#include "train/spec.h"

/* Rows, pairs and noise that depend on the seed alone and are the same at every
 * validation.  They are drawn as training draws them, for a step number that no training
 * has; times are stratified whatever options.time is. */
struct fm_validation {
    size_t n, n_blocks, block_rows;
    fm_real *x;         /* [n][dim] */
    double *y;          /* [n][dim] */
    double *weight, *t; /* [n]; weight: or NULL */
    uint32_t *label;    /* [n], or NULL: no labels */
    double *block_sums; /* [n_blocks] */
    struct fm_loss loss;
};
/* Draws the rows.  The coupling's error, or FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_validation_init(struct fm_arena *arena,
                                              const struct fm_train_spec *spec,
                                              const struct fm_prediction *prediction,
                                              bool is_weighted, struct fm_validation *v,
                                              struct fm_error *err);
/* The mean loss of these weights.  workspaces: one a thread; the bits do not depend on
 * their number. */
double fm_validation_loss(const struct fm_validation *v, const struct fm_net *net,
                          const fm_real *weights, size_t n_threads,
                          struct fm_net_workspace *const *workspaces);

#endif
