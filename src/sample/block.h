/* One block of rows of a solve: what the loops fixed.c, adaptive.c, shared_step.c and
 * solver_loop.c work on. */
#ifndef FM_SAMPLE_BLOCK_H
#define FM_SAMPLE_BLOCK_H

#include "sample/solve.h"

/* Of the arrays by row, the first entries hold the rows still under way. */
struct fm_block {
    const struct fm_solve *solve;
    struct fm_velocity_workspace velocity; /* of the thread that works on the block */
    size_t dim, first_row, n;
    size_t n_rows; /* the most it can hold: fm_velocity_block_rows */
    double t_from, t_to;
    double direction; /* 1, or -1 when time falls */
    size_t *row;      /* [n_rows]: which row of the solve stands here */
    double *x;        /* [n_rows][dim] */
    double *k;        /* [n_stages][n_rows][dim] */
    double *state;    /* [n_state][n_rows][dim], for step */
    /* the step under way: [n_rows]; h < 0 when time falls */
    double *t, *t_next, *h;
    double *next;    /* [n_rows][dim]: proposed state */
    double *stage;   /* [n_rows][dim]: argument of a stage */
    double *stage_t; /* [n_rows] */
    /* first failure of the velocity in a step that is the solver's own */
    enum fm_status velocity_status;
    /* of the whole solve, by row */
    uint64_t *nfe;
    unsigned char *failure; /* enum fm_row_failure */
    double *failed_t;
};

/* Memory for a block, without that of the velocity. */
FM_MUST_USE enum fm_status fm_block_init(struct fm_block *b, const struct fm_solve *solve,
                                         struct fm_arena *arena, struct fm_error *err);
/* Block number `index` of the solve, its rows at their start. */
void fm_block_start(struct fm_block *b, size_t index);

/* Evaluates the first n rows of x at t into v and counts what that costs, one evaluation
 * for each of them or two. */
FM_MUST_USE enum fm_status fm_block_velocity(struct fm_block *b, size_t n, const double *t,
                                             const double *x, double *v,
                                             struct fm_error *err);

static inline double *fm_block_stage(const struct fm_block *b, size_t s)
{
    return b->k + s * b->n_rows * b->dim;
}

/* Sets the step under way of the row at place i. */
static inline void fm_block_set_step(struct fm_block *b, size_t i, double t, double t_next,
                                     double h)
{
    b->t[i] = t;
    b->t_next[i] = t_next;
    b->h[i] = h;
}

/* Adds the step of the row at place i, from x to next, to the row's path energy, if that is asked
 * for. */
void fm_block_add_energy(const struct fm_block *b, size_t i);

/* FM_INTERRUPTED when the solve is asked to stop. */
FM_MUST_USE enum fm_status fm_block_check_stop(const struct fm_block *b,
                                               struct fm_error *err);

/* Whether all n numbers are finite. */
bool fm_block_is_finite(const double *x, size_t n);

#endif
