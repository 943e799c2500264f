/* A block of rows of a solve: the state that the loops in fixed.c, adaptive.c,
 * shared_step.c and solver_loop.c work on. */
#ifndef FM_SAMPLE_BLOCK_H
#define FM_SAMPLE_BLOCK_H

#include "sample/solve.h"

/* The first entries of the arrays hold the active rows: in adaptive.c, finished rows
 * leave. */
struct fm_block {
    const struct fm_solve *solve;
    struct fm_velocity_workspace velocity; /* of the thread that works on the block */
    size_t dim, first_row, n;
    size_t n_rows; /* its capacity: fm_velocity_block_rows */
    double t_from, t_to;
    double direction; /* 1, or -1 when time falls */
    size_t *row;      /* [n_rows]: the rows' numbers in the solve */
    double *x;        /* [n_rows][dim] */
    double *k;        /* [n_stages][n_rows][dim] */
    double *state;    /* [n_state][n_rows][dim]: of a solver's step function */
    /* the current step, [n_rows]; h < 0 when time falls */
    double *t, *t_next, *h;
    double *next;    /* [n_rows][dim]: proposed state */
    double *stage;   /* [n_rows][dim]: argument of a stage */
    double *stage_t; /* [n_rows] */
    /* the first failure of the velocity in the current call of a solver's step function */
    enum fm_status velocity_status;
    /* of the whole solve, by row */
    uint64_t *nfe;
    unsigned char *failure; /* enum fm_row_failure */
    double *failed_t;
};

/* Allocates a block; the caller sets velocity, nfe, failure and failed_t.
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_block_init(struct fm_block *b, const struct fm_solve *solve,
                                         struct fm_arena *arena, struct fm_error *err);
/* Fills the block with the rows of block number `index`, at their start. */
void fm_block_start(struct fm_block *b, size_t index);

/* v = v(x, t) for the block's first n rows, and counts the evaluations: one a row, or
 * two with guidance.  t: [n]; x, v: [n][dim]. */
FM_MUST_USE enum fm_status fm_block_velocity(struct fm_block *b, size_t n, const double *t,
                                             const double *x, double *v,
                                             struct fm_error *err);

/* Stage s: [n_rows][dim]. */
static inline double *fm_block_stage(const struct fm_block *b, size_t s)
{
    return b->k + s * b->n_rows * b->dim;
}

/* Sets the current step of the row at place i. */
static inline void fm_block_set_step(struct fm_block *b, size_t i, double t, double t_next,
                                     double h)
{
    b->t[i] = t;
    b->t_next[i] = t_next;
    b->h[i] = h;
}

/* Adds the current step of the row at place i, from x to next, to its path energy, if
 * the solve has path_energy. */
void fm_block_add_energy(const struct fm_block *b, size_t i);

/* FM_INTERRUPTED once *solve->stop is true. */
FM_MUST_USE enum fm_status fm_block_check_stop(const struct fm_block *b,
                                               struct fm_error *err);

/* Whether all n numbers are finite. */
bool fm_block_is_finite(const double *x, size_t n);

#endif
