/* Plugins of kind solver: they integrate dx/dt = v(x, t), usually from t = 0 to t = 1.
 *
 * A Runge-Kutta method is a Butcher tableau, pure data: the host runs the loop, controls
 * the step size and counts evaluations.  Any other method gives `step`; one with a step
 * size control of its own also gives `solve`. */
#ifndef FM_FMRUN_SOLVER_H
#define FM_FMRUN_SOLVER_H

#include <fmrun/path.h>
#include <fmrun/rng.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* What a method requires; the host refuses it where that does not hold. */
enum fm_solver_needs {
    /* `path` of the step is set. */
    FM_NEEDS_AFFINE_PATH = 1,
    /* fm_path_score is the score of p_t: the path is affine, the source N(0, I), and pairs
     * are independent. */
    FM_NEEDS_SCORE = 2
};

/* What a solver is, once its options are known. */
struct fm_scheme {
    /* A Runge-Kutta method; NULL: the method is step, or step and solve. */
    const struct fm_tableau *tableau;
    /* Order of step: the error of the end point falls as h^order; of a stochastic method
     * the weak order.  0 with a tableau, which has its own. */
    unsigned order;
    /* How many arrays [n][dim] step keeps between steps. */
    size_t n_state;
    /* FM_NEEDS_..., or-ed. */
    unsigned needs;
    /* step draws from its noise. */
    bool is_stochastic;
    /* solve is set and controls its step size. */
    bool is_adaptive;
};

/* One step of a method without a tableau, for a block of rows. */
struct fm_step {
    size_t n, dim;
    /* This step's number, from 0, and how many steps the grid has. */
    size_t index, n_steps;
    /* [n_steps + 1]: the grid, rising; falling when a solve runs from data to source. */
    const double *times;
    /* The step leads from t = times[index] to t + h = times[index + 1]. */
    double t, h;
    /* [n][dim]: the state, replaced by the step. */
    double *x;
    /* [n_state][n][dim]: kept from step to step, zero before the first. */
    double *state;
    /* Random numbers of this step: row i of x has row first_row + i of the stream. */
    struct fm_stream noise;
    size_t first_row;
    /* normals, uniforms and circle; no memory. */
    const struct fm_services *services;
    /* v[i] = v(x[i], t) for the n rows; counted.  x, v: [n][dim], no overlap. */
    enum fm_status (*velocity)(const struct fm_step *step, double t, const double *x,
                               double *v, struct fm_error *err);
    void *velocity_context;
    /* The path that the velocity was trained on, at t in [0, 1]; NULL: it is not affine. */
    void (*path)(const struct fm_step *step, double t, struct fm_path_point *point);
    const void *path_context;
};

/* An initial value problem for a method that controls its own step size: n rows as one
 * system of n * dim equations.  The host solves each row by itself, with n = 1. */
struct fm_ivp {
    size_t n, dim;
    /* [n][dim]: the state, taken from t_from to t_to. */
    double *x;
    double t_from, t_to;
    /* A step's error is at most atol + rtol |x|, as a root mean square. */
    double rtol, atol;
    /* Step lengths; 0: no limit, and the method chooses the first. */
    double first_step, min_step, max_step;
    /* velocity() fails after so many. */
    uint64_t max_evaluations;
    /* As in struct fm_step. */
    enum fm_status (*velocity)(const struct fm_ivp *ivp, double t, const double *x,
                               double *v, struct fm_error *err);
    void *velocity_context;
};

/* Exactly one of scheme.tableau and step is set; solve needs step. */
struct fm_solver_ops {
    size_t size; /* sizeof(struct fm_solver_ops) */

    struct fm_scheme scheme;

    /* Completes *scheme, at first a copy of the one above, where it depends on options.
     * Memory from services lives as long as the experiment.  NULL: it doesn't depend. */
    enum fm_status (*prepare)(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err);

    /* One step.  When it fails, x is unchanged.  Called from several threads, each with its
     * own rows.  It should allocate nothing; what it allocates it frees. */
    enum fm_status (*step)(const void *options, const struct fm_step *step,
                           struct fm_error *err);

    /* From t_from to t_to; may be NULL.  When it fails, x is the last state it accepted.
     * FM_ERROR_DIVERGED: these rows have no solution (step size underflow, say); any other
     * status ends the sampling.  Called from several threads; what it allocates it
     * frees. */
    enum fm_status (*solve)(const void *options, const struct fm_ivp *ivp,
                            struct fm_error *err);
};

#endif
