/* Velocity fields with known flows, and a probe that counts and watches evaluations.  Solvers are
 * measured on them, here and in the tests. */
#ifndef FM_CHECK_PROBLEMS_H
#define FM_CHECK_PROBLEMS_H

#include "sample/velocity.h"
#include <stdatomic.h>

enum { FM_FIELD_GROWTH, FM_FIELD_TURN, FM_FIELD_SPIRAL, FM_FIELD_ORBIT, FM_N_FIELDS };
enum { FM_FIELD_MAX_DIM = 3 };

/* dx/dt = f(t, x) on [0, 1]. */
struct fm_field {
    const char *name;
    size_t dim;
    void (*f)(double t, const double *x, double *v);
    /* x(t) of the flow that starts at x0 at t = 0. */
    void (*solution)(double t, const double *x0, double *x);
};

/* growth: one linear equation; turn: two coupled linear ones; spiral and orbit: two coupled
 * nonlinear ones.  All depend on t. */
extern const struct fm_field fm_fields[FM_N_FIELDS];

/* Row i starts at 0.4 + i / n (first coordinate), 0.3 - i / (2 n), ...: where all fields are
 * smooth.  x0: [n][dim]. */
void fm_field_start(size_t n, size_t dim, double *x0);

/* Root mean square error of x at t, over n rows and all coordinates; the rows started at x0. */
double fm_field_error(const struct fm_field *field, double t, size_t n, const double *x0,
                      const double *x);

/* A field as a velocity that counts evaluations.  Only solves on one thread may watch times. */
struct fm_probe {
    const struct fm_field *field;
    atomic_ullong n_evaluations; /* of rows */
    bool is_watched;             /* keep first and last */
    double first, last;          /* least and greatest t; NaN once t was NaN */
    uint64_t fails_at;           /* the call that fails, counted from 1; 0: none */
    uint64_t n_calls;            /* counted if is_watched or fails_at */
    struct fm_probe *self;       /* for evaluate, whose state is const */
};

/* The message of the call that fails. */
extern const char fm_probe_failure[];

/* Resets counts and times. */
void fm_probe_reset(struct fm_probe *probe);
/* The probe must outlive it. */
struct fm_velocity fm_probe_velocity(struct fm_probe *probe);

/* A smooth affine path for solvers that ask for one, its log-SNR finite on all of [0, 1]:
 * alpha = sin(a), sigma = cos(a), a = pi/2 (0.1 + 0.8 t). */
void fm_smooth_path(const struct fm_problem *problem, double t,
                    struct fm_path_point *point);
/* alpha = t, sigma = 1 - t: singular at both ends. */
void fm_linear_path(const struct fm_problem *problem, double t,
                    struct fm_path_point *point);

#endif
