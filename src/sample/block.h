/* One block of rows on its way through time: what fixed.c, adaptive.c, batch.c and own.c stand
 * on. */
#ifndef FM_SAMPLE_BLOCK_H
#define FM_SAMPLE_BLOCK_H

#include "sample/solve.h"

/* The arrays hold the rows still under way, the first n_active ones. */
struct fm_block {
    const struct fm_solve *solve;
    struct fm_velocity_workspace velocity; /* of the thread that works on the block */
    size_t dim, first_row, n;
    size_t n_rows; /* the most it can hold: fm_velocity_block_rows */
    double t_from, t_to;
    double direction; /* 1, or -1 when time falls */
    double *x;        /* [n_rows][dim] */
    double *k;        /* [n_stages][n_rows][dim] */
    double *stage;    /* [n_rows][dim]: argument of a stage */
    double *next;     /* [n_rows][dim]: proposed state */
    double *state;    /* [n_state][n_rows][dim], for step */
    double *t, *h;    /* [n_rows]; h < 0 when time falls */
    double *stage_t;  /* [n_rows] */
    double *e1, *e2;  /* [n_rows]: errors of the last accepted step and the one before */
    size_t *row;      /* [n_rows]: which row of the solve stands here */
    bool *has_k1, *was_rejected;
    enum fm_status
        refused; /* of a step of the solver's own: the first velocity that failed */
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

/* out = x + h sum_j w_j k_j over the first n rows, h by row; j < n_terms. */
void fm_block_combine(const struct fm_block *b, size_t n, const double *weights,
                      size_t n_terms, double *out);

static inline double *fm_block_stage(const struct fm_block *b, size_t s)
{
    return b->k + s * b->n_rows * b->dim;
}

/* Adds to the energy of the row at place i, where it is asked for, a step of h from there to
 * `next`. */
static inline void fm_block_add_energy(const struct fm_block *b, size_t i, double h)
{
    double *energy = b->solve->path_energy, squares = 0;
    if (!energy)
        return;
    for (size_t j = i * b->dim; j < (i + 1) * b->dim; j++)
        squares += (b->next[j] - b->x[j]) * (b->next[j] - b->x[j]);
    energy[b->row[i]] += squares / (h < 0 ? -h : h);
}

bool fm_row_is_finite(const double *row, size_t dim);

#endif
