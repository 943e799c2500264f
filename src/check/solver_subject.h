/* The solver under test, and solves with it.  Each part of the checks (solver_order.h, ...)
 * measures one promise and adds rows; parts report errors by rows alone. */
#ifndef FM_CHECK_SOLVER_SUBJECT_H
#define FM_CHECK_SOLVER_SUBJECT_H

#include "check/problems.h"
#include "check/row.h"
#include "sample/integrate.h"

enum { FM_SUBJECT_MAX_ROWS = 160, FM_SUBJECT_SEED = 3 }; /* of the noise */

/* The solver under test. */
struct fm_solver_subject {
    const struct fm_check_sink *sink;
    const struct fm_solver *solver;
    /* With fm_smooth_path; NULL if the scheme needs no path. */
    const struct fm_problem *problem;
};

/* A solve's outputs. */
struct fm_outcome {
    double x1[FM_SUBJECT_MAX_ROWS * FM_FIELD_MAX_DIM];
    uint64_t nfe[FM_SUBJECT_MAX_ROWS];
    struct fm_solve_result result;
};

/* A solve on one thread; the caller sets the control. */
struct fm_solve fm_subject_solve(const struct fm_solver_subject *subject,
                                 const struct fm_velocity *velocity, size_t n,
                                 const double *x0, struct fm_outcome *outcome);

/* An uneven grid: steps of 5/4 and 3/4 in turn, under a smooth map that makes those in the middle
 * 2.3 times as long as those at the ends.  times: [n_steps + 1].  Errors that cancel between
 * equal steps don't cancel here. */
void fm_uneven_times(size_t n_steps, double *times);

/* Steps by the solver's own step function, with the probe's velocity.  x: [n][dim]; state:
 * [n_state][n][dim].  Row i draws the noise of row first_row + i. */
struct fm_own_steps {
    const struct fm_solver_subject *subject;
    struct fm_probe *probe;
    size_t n, n_steps, first_row;
    double *x, *state;
};
FM_MUST_USE enum fm_status fm_own_step(const struct fm_own_steps *steps, size_t index,
                                       struct fm_error *err);

#endif
