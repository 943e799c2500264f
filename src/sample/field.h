/* Evaluates the net or closed form of a velocity, and its derivative, with labels and
 * guidance. */
#ifndef FM_SAMPLE_FIELD_H
#define FM_SAMPLE_FIELD_H

#include "sample/velocity.h"

struct fm_field_rows {
    size_t n, dim;
    const size_t *row; /* [n]: the rows' numbers in the solve, which index the labels */
    const double *t;   /* [n] */
    const double *x;   /* [n][dim] */
};

/* The most rows that one call takes: a block of the net, or FM_BLOCK_ROWS. */
size_t fm_field_block_rows(const struct fm_velocity *velocity);
/* How often a velocity evaluates its net or closed form: twice where guidance combines
 * two. */
size_t fm_field_n_evaluations(const struct fm_velocity *velocity);

/* Allocates the part of *w that fm_field_evaluate and fm_field_jvp use. */
FM_MUST_USE enum fm_status fm_field_workspace(struct fm_arena *arena,
                                              const struct fm_velocity *velocity,
                                              size_t dim, struct fm_velocity_workspace *w,
                                              struct fm_error *err);

/* out = what the net or closed form gives for the rows, combined by guidance.  A net's
 * rows are `width` apart in out, a closed form's dim. */
FM_MUST_USE enum fm_status fm_field_evaluate(const struct fm_velocity *velocity,
                                             struct fm_velocity_workspace *w,
                                             const struct fm_field_rows *rows, size_t width,
                                             double *out, struct fm_error *err);

/* out = the derivative along dx of the last fm_field_evaluate, which must have had the
 * same rows and a workspace for divergences.  dx, out: [n][dim]. */
FM_MUST_USE enum fm_status fm_field_jvp(const struct fm_velocity *velocity,
                                        struct fm_velocity_workspace *w,
                                        const struct fm_field_rows *rows, const double *dx,
                                        double *out, struct fm_error *err);

#endif
