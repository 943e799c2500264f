/* Step control, shared by adaptive.c and batch.c.
 * Source: Hairer, Norsett, Wanner 1993, Solving ODEs I, II.4. */
#ifndef FM_SAMPLE_STEP_CONTROL_H
#define FM_SAMPLE_STEP_CONTROL_H

#include "sample/block.h"

/* atol + rtol max(|a|, |b|) */
double fm_error_scale(const struct fm_control *c, double a, double b);
/* The sum over coordinates of (y_j / scale_j)^2, scale from rows a and b. */
double fm_error_squares(const struct fm_control *c, size_t dim, const double *y,
                        const double *a, const double *b);
/* The sum over coordinates of (error_j / scale_j)^2 of row i's proposed step. */
double fm_step_error_squares(const struct fm_block *b, size_t i);
/* h' / h after a step of error e that was accepted or not; is_finite: its end point is. */
double fm_step_factor(const struct fm_solve *solve, double e, double e1, double e2,
                      bool is_finite, bool is_accepted, bool was_rejected);
/* First step from the norms of x, v and (at trial step h0) of the change of v. */
double fm_first_trial_step(double d0, double d1, double longest);
double fm_first_step(const struct fm_solve *solve, double h0, double d1, double d2,
                     double longest);
/* The longest step that the solve allows. */
double fm_longest_step(const struct fm_block *b);
/* The next step after one of h, signed, within the solve's limits. */
double fm_next_step(const struct fm_block *b, double h, double factor, bool is_accepted);
bool fm_is_too_short(const struct fm_control *c, double t, double h);
/* Evaluations that a step takes. */
size_t fm_step_cost(const struct fm_block *b, bool has_k1);

#endif
