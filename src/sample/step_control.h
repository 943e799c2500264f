/* Step control: the error of a step, the next length, the first length.  adaptive.c has a step
 * for each row, shared_step.c one for all rows.
 * Source: Hairer, Norsett, Wanner 1993, Solving ODEs I, II.4. */
#ifndef FM_SAMPLE_STEP_CONTROL_H
#define FM_SAMPLE_STEP_CONTROL_H

#include "sample/block.h"

/* A step, of one row or of all rows, and what control remembers of those before. */
struct fm_controlled_step {
    double t, t_next, h; /* h is signed, as fm_block has it */
    double e1, e2;       /* errors of the last accepted step and of the one before */
    bool is_last;        /* it goes to the end of the solve */
    bool has_k1;         /* its first stage is there */
    bool was_rejected;   /* the try before it */
};

/* At the start of the solve; h is yet to be chosen. */
struct fm_controlled_step fm_step_at_start(const struct fm_block *b);

/* Shortens the step where it reaches beyond the end; sets t_next and is_last. */
void fm_step_limit(const struct fm_block *b, struct fm_controlled_step *step);

/* Evaluations that the step takes of each row. */
size_t fm_step_n_evaluations(const struct fm_block *b,
                             const struct fm_controlled_step *step);

/* Of the row at place i, the sum over coordinates of (error_j / scale_j)^2 of the proposed step,
 * scale_j = atol + rtol max(|x_j|, |next_j|). */
double fm_step_error_squares(const struct fm_block *b, size_t i);

/* Whether a step of this error, in units of the tolerance, is accepted; is_finite: its end point
 * is.  *step becomes the next one, or the next try. */
bool fm_step_decide(const struct fm_block *b, struct fm_controlled_step *step, double error,
                    bool is_finite);

/* Whether rounding error or min_step forbids the step. */
bool fm_step_is_too_short(const struct fm_block *b, const struct fm_controlled_step *step);

/* The length of the first step: an Euler step of the length fm_first_step_trial estimates the
 * second derivative.  Norms are roots of means over coordinates, in units of the tolerance at x:
 * d0 of x, d1 of v(x), change of v(x + h v) - v(x). */

/* control.first_step within its limits; 0: to be chosen. */
double fm_first_step_given(const struct fm_block *b);
double fm_first_step_trial(const struct fm_block *b, double d0, double d1);
double fm_first_step_length(const struct fm_block *b, double trial, double d1,
                            double change);

/* Evaluates the first stage of the block's rows, and sums squares by row for d0 and d1: [n]. */
FM_MUST_USE enum fm_status fm_first_step_begin(struct fm_block *b, double *x_squares,
                                               double *v_squares, struct fm_error *err);
/* Takes the Euler steps of length h by row, and sums squares by row for change: [n].  Spends one
 * evaluation and overwrites the last stage. */
FM_MUST_USE enum fm_status fm_first_step_probe(struct fm_block *b, double *change_squares,
                                               struct fm_error *err);

#endif
