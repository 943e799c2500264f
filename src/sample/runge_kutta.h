/* Explicit Runge-Kutta steps of the rows of a block, on fixed grids and under step
 * control. */
#ifndef FM_SAMPLE_RUNGE_KUTTA_H
#define FM_SAMPLE_RUNGE_KUTTA_H

#include "sample/block.h"

/* out = x + h sum_(j < n_terms) w_j k_j for the first n rows. */
void fm_runge_kutta_combine(const struct fm_block *b, size_t n, const double *weights,
                            size_t n_terms, double *out);

/* Proposes a step of the first n rows, row i from t[i] to t_next[i] = t[i] + h[i]:
 *     k_s = v(x + h sum_(j < s) a_sj k_j, t + c_s h),  next = x + h sum_s b_s k_s.
 * Evaluates stages first .. n_stages - 1.  Stages below `first` must be evaluated
 * already, and stages from n_stages on must have b_s = 0.  A stage with c_s = 1 is
 * evaluated at t_next, so that rounding takes no evaluation beyond the end. */
FM_MUST_USE enum fm_status fm_runge_kutta_step(struct fm_block *b, size_t n, size_t first,
                                               size_t n_stages, struct fm_error *err);

/* With FSAL, copies the last stage of rows first .. first + n - 1, whose step was
 * accepted, to the first of the next step.  Returns whether the tableau is FSAL. */
bool fm_runge_kutta_reuse_last_stage(struct fm_block *b, size_t first, size_t n);

#endif
