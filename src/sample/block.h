/* One block of rows on its way from t = 0 to t = 1: what integrate.c, fixed.c and adaptive.c
 * share. */
#ifndef FM_SAMPLE_BLOCK_H
#define FM_SAMPLE_BLOCK_H

#include "sample/integrate.h"

/* A thread's memory.  The arrays hold the rows still under way, the first n_active ones. */
struct fm_block {
    const struct fm_solve *solve;
    struct fm_velocity_workspace velocity;
    size_t dim, first_row, n;
    size_t n_rows; /* the most it can hold: fm_velocity_block_rows */
    double *x;     /* [n_rows][dim] */
    double *k;     /* [n_stages][n_rows][dim] */
    double *stage; /* [n_rows][dim]: argument of a stage */
    double *next;  /* [n_rows][dim]: proposed state */
    double *state; /* [n_state][n_rows][dim], for step */
    double *t, *h; /* [n_rows] */
    double *stage_t;
    size_t *row; /* [n_rows]: which row of the block stands here */
    bool *has_k1, *was_rejected;
    uint64_t *nfe;          /* [n_rows], by row of the block */
    unsigned char *failure; /* enum fm_row_failure, by row of the block */
    double *failed_t;
};

/* Evaluates the first n rows of x at t into v and counts one evaluation for each of them. */
FM_MUST_USE enum fm_status fm_block_velocity(struct fm_block *b, size_t n, const double *t,
                                             const double *x, double *v,
                                             struct fm_error *err);

/* x_out = x + sum_j w_j k_j scaled by each row's h, over the first n rows; j < n_terms. */
void fm_block_combine(const struct fm_block *b, size_t n, const double *weights,
                      size_t n_terms, double *out);

static inline double *fm_block_stage(const struct fm_block *b, size_t s)
{
    return b->k + s * b->n_rows * b->dim;
}

/* Integrate the block's rows; x1 and failures are written row by row. */
FM_MUST_USE enum fm_status fm_block_fixed(struct fm_block *b, struct fm_error *err);
FM_MUST_USE enum fm_status fm_block_adaptive(struct fm_block *b, struct fm_error *err);

bool fm_row_is_finite(const double *row, size_t dim);

#endif
