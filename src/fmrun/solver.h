/* Plugins of kind solver: how dx/dt = v(x, t) is integrated from t = 0 to t = 1.
 *
 * A Runge-Kutta method is a Butcher tableau, pure data: the host has the loop, the step-size
 * control, and counts evaluations.  Anything else gives `step`. */
#ifndef FM_FMRUN_SOLVER_H
#define FM_FMRUN_SOLVER_H

#include <fmrun/rng.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

enum { FM_MAX_STAGES = 32 };

/* k_i = v(t + c_i h, x + h sum_{j<i} a_ij k_j),  x' = x + h sum_i b_i k_i.
 * Source: Hairer, Norsett, Wanner 1993, Solving ODEs I, II.1 and II.4. */
struct fm_tableau {
    size_t n_stages;          /* s, at most FM_MAX_STAGES */
    unsigned order;           /* of b */
    unsigned embedded_order;  /* of b_embedded; 0 without one */
    bool is_fsal;             /* the last stage is the first of the next step: a_sj = b_j */
    const double *a;          /* [s][s], row-major, zero on and above the diagonal */
    const double *b;          /* [s] */
    const double *b_embedded; /* [s], or NULL: then the method can't control its step */
    const double *c;          /* [s], c_i = sum_j a_ij */
};

/* One step of a method that is no Runge-Kutta method, for a block of rows. */
struct fm_step {
    size_t n, dim;
    size_t index;           /* of this step, from 0 */
    double t, h;            /* the step goes from t to t + h */
    double *x;              /* [n][dim]: the state, replaced by the step */
    double *state;          /* [n_state][n][dim]: kept from step to step, zero at first */
    struct fm_stream noise; /* row first_row + i of it is for row i */
    size_t first_row;
    /* v[i] = v(x[i], t) for the n rows; counted.  x, v: [n][dim], no overlap. */
    enum fm_status (*velocity)(const struct fm_step *step, double t, const double *x,
                               double *v, struct fm_error *err);
    void *velocity_context;
};

/* Exactly one of tableau and step is set. */
struct fm_solver_ops {
    size_t size; /* sizeof(struct fm_solver_ops) */
    const struct fm_tableau *tableau;
    enum fm_status (*step)(const void *options, const struct fm_step *step,
                           struct fm_error *err);
    size_t n_state; /* arrays [n][dim] that step keeps */
    unsigned order; /* of step; for a tableau its own counts */
};

#endif
