/* The stages of an explicit Runge-Kutta step, for the rows of a block: shared by fixed steps and
 * by both kinds of step control. */
#ifndef FM_SAMPLE_RUNGE_KUTTA_H
#define FM_SAMPLE_RUNGE_KUTTA_H

#include "sample/block.h"

/* out = x + h sum_j w_j k_j over the first n rows, h by row; j < n_terms. */
void fm_runge_kutta_combine(const struct fm_block *b, size_t n, const double *weights,
                            size_t n_terms, double *out);

/* A step of the first n rows, row i from t[i] to t_next[i] with length h[i]:
 *     k_s = v(x + h sum_(j < s) a_sj k_j, t + c_s h),  next = x + h sum_s b_s k_s.
 * Evaluates the stages first .. n_stages - 1; those below `first` must be there already, and
 * those from n_stages on must have weight 0 in `next`.  A stage with c_s = 1 is evaluated at
 * t_next, so that rounding takes no evaluation beyond the end. */
FM_MUST_USE enum fm_status fm_runge_kutta_step(struct fm_block *b, size_t n, size_t first,
                                               size_t n_stages, struct fm_error *err);

/* Rows first .. first + n - 1 have taken a step: where the last stage of a step is the first of
 * the next (FSAL), copies it there.  Returns whether the first stage of the next step is there. */
bool fm_runge_kutta_reuse_last_stage(struct fm_block *b, size_t first, size_t n);

#endif
