/* The solver under test, and solves of it: what each part of its checks stands on.  Each part
 * (solver_order.h, ...) measures one promise and adds rows; its rows are the only errors. */
#ifndef FM_CHECK_SOLVER_SUBJECT_H
#define FM_CHECK_SOLVER_SUBJECT_H

#include "check/problems.h"
#include "check/row.h"
#include "sample/integrate.h"

enum { FM_SUBJECT_MAX_ROWS = 160 };

/* The solver under test. */
struct fm_solver_subject {
    const struct fm_check_sink *sink;
    const struct fm_solver *solver;
    const struct fm_problem
        *problem; /* with fm_smooth_path, where the scheme needs a path */
};

/* A solve's outputs. */
struct fm_outcome {
    double x1[FM_SUBJECT_MAX_ROWS * FM_FIELD_MAX_DIM];
    uint64_t nfe[FM_SUBJECT_MAX_ROWS];
    struct fm_solve_result result;
};

/* A solve on one thread; the control is to be set. */
struct fm_solve fm_subject_solve(const struct fm_solver_subject *subject,
                                 const struct fm_velocity *velocity, size_t n,
                                 const double *x0, struct fm_outcome *outcome);

/* An uneven grid of n_steps steps: steps of 5/4 and 3/4 in turn, under a smooth map that
 * makes those in the middle 2.3 times as long as those at the ends.  times: [n_steps + 1].
 * What holds on even grids by a cancellation of equal steps does not hold on these. */
void fm_uneven_times(size_t n_steps, double *times);

/* One step after the other by the solver's own step function, with a velocity of the probe's:
 * x, state: [n][dim], [n_state][n][dim].  The rows are first_row, ... of the noise. */
struct fm_own_steps {
    const struct fm_solver_subject *subject;
    struct fm_probe *probe;
    size_t n, n_steps, first_row;
    double *x, *state;
};
FM_MUST_USE enum fm_status fm_own_step(const struct fm_own_steps *steps, size_t index,
                                       struct fm_error *err);

#endif
