/* What the sources of the training loop share. */
#ifndef FM_TRAIN_PARTS_H
#define FM_TRAIN_PARTS_H

#include "base/stream.h"
#include "host/prediction.h"
#include "train/train.h"

/* Pairs are rows of one place in one order. */
static inline enum fm_stream_id fm_source_stream(const struct fm_train_spec *spec)
{
    return spec->is_paired ? FM_STREAM_TRAIN_DATA : FM_STREAM_TRAIN_SOURCE;
}

/* Times of rows first .. first + n - 1 of a step's batch: t: [n], in [0, 1).  Each a function
 * of the stream and its row alone.
 * Sources: logit_normal: Esser et al. 2024, arXiv:2403.03206, eq. 19, whose time runs the
 * other way, so that their mean is ours with the other sign; u_shaped: Lee et al. 2024,
 * arXiv:2405.20320, sec. 4, as their code draws it, exp(a t) + exp(a (1 - t)). */
void fm_train_times(const struct fm_train_options *o, struct fm_stream stream, size_t first,
                    size_t n, double *t);

/* Replaces, with probability options.label_dropout, labels of rows first .. first + n - 1 of a
 * step's batch by that of no label, each a function of the stream and its row alone: label: [n].
 * Source: Ho and Salimans 2022, arXiv:2207.12598, alg. 1. */
void fm_train_drop_labels(const struct fm_train_spec *spec, struct fm_stream stream,
                          size_t first, size_t n, uint32_t *label);

/* A block of rows: from pairs and times to what the network is shown, what it should give, and
 * how much a squared error of it weighs. */
struct fm_targets {
    const double *x0, *x1; /* [n][dim] */
    const double *t;       /* [n] */
    fm_real *x;            /* [n][dim]: x_t */
    double *y;             /* [n][dim]: u_t, x1 or x0 */
    double *weight;        /* [n], or NULL: all 1 */
    /* scratch: [dim], and of n rows */
    double *xt, *asked;
    struct fm_path_point *points;
    struct fm_prediction_factors *factors;
};
/* first: number of the first row in `noise`, of a path that draws some. */
void fm_targets_make(const struct fm_train_spec *spec, const struct fm_prediction *p,
                     struct fm_stream noise, size_t first, size_t n,
                     const struct fm_targets *b);

/* With w the row's weight and e = out - y, the loss is the mean over rows of
 *     squared:      w |e|^2 / dim
 *     pseudo_huber: sqrt(w |e|^2 + c^2) - c,  c = 0.00054 sqrt(dim) unless given:
 * that of the velocity's error where w turns e into it.
 * Source: Song and Dhariwal 2024, arXiv:2310.14189, sec. 3.3. */
struct fm_loss {
    bool is_huber;
    size_t dim;
    double c, slope;
    double divisor; /* of the sum that fm_loss_block gives */
};
struct fm_loss fm_loss_of(const struct fm_train_options *o, size_t dim, size_t n_rows);
/* The block's sum, in double; gradient, of the loss by out (NULL: not wanted), is laid out as
 * out: [n][fm_padded(dim)].  bins are added to; NULL: none. */
double fm_loss_block(const struct fm_loss *l, size_t n, const fm_real *out, const double *y,
                     const double *weight, const double *t, fm_real *gradient,
                     struct fm_loss_bins *bins);

/* The loss on rows that follow from the seed alone, the same at every step: pairs, and noise of
 * the path, as training would have them at a step that it never comes to, and stratified times
 * whatever options.time says. */
struct fm_validation {
    size_t n, n_blocks, block_rows;
    fm_real *x;         /* [n][dim] */
    double *y;          /* [n][dim] */
    double *weight, *t; /* [n]; weight: or NULL */
    uint32_t *label;    /* [n], or NULL: the network asks for none */
    double *block_sums; /* [n_blocks] */
    struct fm_loss loss;
};
/* The coupling's error, or FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_validation_init(struct fm_arena *arena,
                                              const struct fm_train_spec *spec,
                                              const struct fm_prediction *prediction,
                                              bool is_weighted, struct fm_validation *v,
                                              struct fm_error *err);
/* workspaces: one a thread.  The same bits for any number of them. */
double fm_validation_loss(const struct fm_validation *v, const struct fm_net *net,
                          const fm_real *weights, size_t n_threads,
                          struct fm_net_workspace *const *workspaces);

/* The decay of a moving average at step n = 1, 2, ...: it forgets the first weights sooner. */
double fm_average_decay(double decay, uint64_t n);

/* One step of the optimiser of the options: the numbers of step n = 1, 2, ..., for a gradient
 * of this norm, which is clipped. */
struct fm_update {
    int optimizer; /* enum fm_optimizer */
    union {
        struct fm_adamw_step adamw;
        struct fm_lion_step lion;
        struct fm_sgd_step sgd;
    } u;
};
struct fm_update fm_update_prepare(const struct fm_train_options *o, uint64_t n,
                                   double norm);
/* The step itself, on entries first .. first + count - 1. */
void fm_update_apply(const struct fm_update *u, struct fm_optimizer_state *state,
                     const fm_real *gradient, size_t first, size_t count);

#endif
