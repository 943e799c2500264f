/* The description of a solve: velocity, solver, step control, rows, and where results
 * go. */
#ifndef FM_SAMPLE_SOLVE_H
#define FM_SAMPLE_SOLVE_H

#include "host/solver.h"
#include "sample/velocity.h"
#include <fmrun/rng.h>
#include <fmrun/solver.h>
#include <stdatomic.h>
#include <stdint.h>

/* How the next step follows from error estimates.  e, e1, e2: error norms of this
 * accepted step and of the two before, in units of the tolerance; q: order of the error
 * estimate, plus 1.
 *     I    h' = h 0.9 e^(-1/q)
 *     PI   h' = h 0.9 e^(-0.6/q) e1^(0.2/q)
 *     PID  h' = h 0.9 e^(-0.58/q) e1^(0.21/q) e2^(-0.1/q)
 * within [0.2 h, 10 h].  A rejected step uses I, and the step after a rejection does not
 * grow.
 * Source: Hairer, Norsett, Wanner 1993, Solving ODEs I, II.4 eq. 4.13; Soderlind 2003,
 * ACM Trans. Math. Softw. 29:1 (PI.4.2); the PID numbers are those of SUNDIALS ARKODE. */
enum fm_controller { FM_CONTROLLER_I, FM_CONTROLLER_PI, FM_CONTROLLER_PID };

/* n_steps > 0: a fixed grid.  n_steps = 0: step control, which the solver must support. */
struct fm_control {
    size_t n_steps;
    /* [n_steps + 1]: rising, or falling to go back; NULL: equal steps from t_from to
     * t_to */
    const double *times;
    double t_from, t_to; /* without times; both 0 mean from 0 to 1 */
    double rtol, atol;
    double first_step; /* 0: chosen as in Hairer, Norsett, Wanner, II.4 */
    double min_step;   /* a row that needs a shorter step fails */
    double max_step;   /* 0: no limit */
    enum fm_controller controller;
    /* all rows take the same steps, from one norm of all their errors, as in
     * torchdiffeq; else each row takes its own */
    bool has_shared_step;
    uint64_t max_evaluations; /* a row that needs more fails */
};

/* Why a row failed. */
enum fm_row_failure {
    FM_ROW_FINE,
    FM_ROW_NOT_FINITE,
    FM_ROW_STEP_UNDERFLOW,
    FM_ROW_TOO_LONG
};

struct fm_solve {
    const struct fm_velocity *velocity;
    const struct fm_solver *solver;
    const struct fm_problem *problem; /* its path, for solvers that need one; or NULL */
    struct fm_control control;
    struct fm_stream noise; /* for stochastic solvers; the loop sets its step */
    size_t n_threads;
    size_t n;
    const double *x0; /* [n][dim] */
    double *x1;       /* [n][dim]; a row that failed holds the last state it accepted */
    uint64_t *nfe;    /* [n]: evaluations of each row */
    /* [n]: sum over steps of |x_(k+1) - x_k|^2 / |h_k|, NaN in a solver's own loop; or
     * NULL */
    double *path_energy;
    unsigned char *failure; /* [n]: enum fm_row_failure; or NULL */
    /* [n_steps + 1][n_traced][dim]: states of the first n_traced rows at the start and
     * after each step of a fixed grid; or NULL */
    double *trajectory;
    size_t n_traced;
    const atomic_bool *stop; /* once true, the solve ends with FM_INTERRUPTED; or NULL */
};

#endif
