/* Step control: the error of a step, the next length, the first length.  adaptive.c
 * keeps a step for each row, shared_step.c one for all rows.
 * Source: Hairer, Norsett, Wanner 1993, Solving ODEs I, II.4. */
#ifndef FM_SAMPLE_STEP_CONTROL_H
#define FM_SAMPLE_STEP_CONTROL_H

#include "sample/block.h"

/* The current step of one row or of all, and the errors of the steps before. */
struct fm_controlled_step {
    double t, t_next, h; /* h < 0 when time falls */
    double e1, e2;       /* errors of the last accepted step and of the one before */
    bool is_last;        /* the step ends where the solve ends */
    bool has_k1;         /* the first stage is evaluated already */
    bool was_rejected;   /* the previous try was */
};

/* The step at the start of the solve, its h not yet chosen. */
struct fm_controlled_step fm_step_at_start(const struct fm_block *b);

/* Ends the step at the end of the solve if it reaches that far; sets t_next and is_last. */
void fm_step_limit(const struct fm_block *b, struct fm_controlled_step *step);

/* How many evaluations the step takes for each row. */
size_t fm_step_n_evaluations(const struct fm_block *b,
                             const struct fm_controlled_step *step);

/* For the row at place i and the proposed step, the sum over coordinates of
 * (error_j / scale_j)^2 with scale_j = atol + rtol max(|x_j|, |next_j|). */
double fm_step_error_squares(const struct fm_block *b, size_t i);

/* Accepts or rejects the step, and makes *step the next step or the next try.  error: in
 * units of the tolerance; is_finite: error and end point are.  Returns whether it is
 * accepted. */
bool fm_step_decide(const struct fm_block *b, struct fm_controlled_step *step, double error,
                    bool is_finite);

/* Whether the step is below min_step or lost in rounding error. */
bool fm_step_is_too_short(const struct fm_block *b, const struct fm_controlled_step *step);

/* The length of the first step.  An Euler step of the trial length gives an estimate of
 * the second derivative, from which the length follows.  Norms are root mean squares
 * over coordinates in units of the tolerance at x: d0 of x, d1 of v(x), change of
 * v(x + h v) - v(x). */

/* control.first_step, signed and at most max_step; 0 if it is to be chosen. */
double fm_first_step_given(const struct fm_block *b);
double fm_first_step_trial(const struct fm_block *b, double d0, double d1);
double fm_first_step_length(const struct fm_block *b, double trial, double d1,
                            double change);

/* Evaluates the first stage; x_squares, v_squares: [n], the rows' sums of squares for d0
 * and d1. */
FM_MUST_USE enum fm_status fm_first_step_begin(struct fm_block *b, double *x_squares,
                                               double *v_squares, struct fm_error *err);
/* Takes Euler steps of the lengths h and evaluates v there, in the last stage.
 * change_squares: [n], the rows' sums of squares for change. */
FM_MUST_USE enum fm_status fm_first_step_probe(struct fm_block *b, double *change_squares,
                                               struct fm_error *err);

#endif
