/* What the net or closed form of a velocity gives at some rows, with their labels: the output of
 * one evaluation, or of two that guidance combines. */
#ifndef FM_SAMPLE_FIELD_H
#define FM_SAMPLE_FIELD_H

#include "sample/velocity.h"

struct fm_field_rows {
    size_t n, dim;
    const size_t *row; /* [n]: numbers of the rows in the solve, which have the labels */
    const double *t;   /* [n] */
    const double *x;   /* [n][dim] */
};

/* The most rows at once: a block of the net, or FM_BLOCK_ROWS. */
size_t fm_field_block_rows(const struct fm_velocity *velocity);
/* Evaluations of the net or closed form that a velocity takes: 2 where guidance combines two. */
size_t fm_field_n_evaluations(const struct fm_velocity *velocity);

/* The part of a workspace that these need. */
FM_MUST_USE enum fm_status fm_field_workspace(struct fm_arena *arena,
                                              const struct fm_velocity *velocity,
                                              size_t dim, struct fm_velocity_workspace *w,
                                              struct fm_error *err);

/* out: rows of a net are `width` apart, those of a closed form dim. */
FM_MUST_USE enum fm_status fm_field_evaluate(const struct fm_velocity *velocity,
                                             struct fm_velocity_workspace *w,
                                             const struct fm_field_rows *rows, size_t width,
                                             double *out, struct fm_error *err);

/* After fm_field_evaluate of the same rows, with a workspace for divergences: the derivative of
 * what it gave along dx; dx, out: [n][dim]. */
FM_MUST_USE enum fm_status fm_field_jvp(const struct fm_velocity *velocity,
                                        struct fm_velocity_workspace *w,
                                        const struct fm_field_rows *rows, const double *dx,
                                        double *out, struct fm_error *err);

#endif
