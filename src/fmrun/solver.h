/* Plugins of kind solver: how dx/dt = v(x, t) is integrated, from t = 0 to t = 1 as a rule.
 *
 * A Runge-Kutta method is a Butcher tableau, pure data: the host has the loop, the step-size
 * control, and counts evaluations.  A method of another kind gives `step`; one with a step
 * control of its own also `solve`. */
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

/* What a method takes for granted; the host refuses it where that does not hold. */
enum fm_solver_needs {
    FM_NEEDS_AFFINE_PATH = 1, /* `path` of the step is set */
    FM_NEEDS_SCORE = 2        /* fm_path_score is the score of p_t: the path is affine, the
                               * source N(0, I), and pairs are independent */
};

/* What a solver is, once its options are known. */
struct fm_scheme {
    const struct fm_tableau *tableau; /* a Runge-Kutta method; NULL: step or solve */
    unsigned order;     /* of step: the end point's error falls as h^order; of a
                         * stochastic method its weak order; a tableau has its own */
    size_t n_state;     /* arrays [n][dim] that step has for itself */
    unsigned needs;     /* FM_NEEDS_..., or-ed */
    bool is_stochastic; /* step draws from its noise */
    bool is_adaptive;   /* solve is there and can control its step */
};

/* One step of a method that is no Runge-Kutta method, for a block of rows. */
struct fm_step {
    size_t n, dim;
    size_t index, n_steps; /* of this step, from 0; of the grid */
    const double
        *times;    /* [n_steps + 1]: the grid, rising; falling when a solve goes back */
    double t, h;   /* times[index]; the step goes to t + h = times[index + 1] */
    double *x;     /* [n][dim]: the state, replaced by the step */
    double *state; /* [n_state][n][dim]: kept from step to step, zero at first */
    struct fm_stream noise; /* of this step; row first_row + i of it is for row i */
    size_t first_row;
    const struct fm_services *services; /* normals, uniforms, circle; no memory */
    /* v[i] = v(x[i], t) for the n rows; counted.  x, v: [n][dim], no overlap. */
    enum fm_status (*velocity)(const struct fm_step *step, double t, const double *x,
                               double *v, struct fm_error *err);
    void *velocity_context;
    /* The path the velocity was trained on, or NULL when that is not affine. */
    void (*path)(const struct fm_step *step, double t, struct fm_path_point *point);
    const void *path_context;
};

/* The whole way of n rows under the method's own step control, as one system of n * dim
 * equations; the host asks for each row by itself. */
struct fm_way {
    size_t n, dim;
    double *x; /* [n][dim]: the state, taken from t_from to t_to */
    double t_from, t_to;
    double rtol, atol; /* of a step: error <= atol + rtol |x|, root mean square */
    double first_step, min_step, max_step; /* lengths; 0: not said */
    uint64_t max_evaluations;              /* velocity() fails beyond */
    /* As in struct fm_step. */
    enum fm_status (*velocity)(const struct fm_way *way, double t, const double *x,
                               double *v, struct fm_error *err);
    void *velocity_context;
};

/* Exactly one of tableau (in the scheme) and step is set; solve may stand beside step. */
struct fm_solver_ops {
    size_t size; /* sizeof(struct fm_solver_ops) */

    struct fm_scheme scheme;

    /* For what depends on the options: *scheme holds the one above and is completed.  Memory
     * from services lives as long as the experiment.  May be NULL. */
    enum fm_status (*prepare)(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err);

    /* One step.  When it fails, x is as it was.  Called from several threads, each with its
     * own rows.  It should allocate nothing; what it allocates it frees. */
    enum fm_status (*step)(const void *options, const struct fm_step *step,
                           struct fm_error *err);

    /* The whole way; may be NULL.  When it fails, x is the last state it accepted.  FM_ERROR_DIVERGED:
     * these rows can't be solved (step underflow, say); any other status ends the sampling.
     * Called from several threads; what it allocates it frees. */
    enum fm_status (*solve)(const void *options, const struct fm_way *way,
                            struct fm_error *err);
};

#endif
