/* The loss and its gradient. */
#ifndef FM_TRAIN_LOSS_H
#define FM_TRAIN_LOSS_H

#include "config/host_options.h"
#include "nn/net.h"

/* Losses by time: bin k sums the losses of rows with t in [k / 10, (k + 1) / 10). */
enum { FM_LOSS_BINS = 10 };
struct fm_loss_bins {
    double sum[FM_LOSS_BINS];
    uint64_t n_rows[FM_LOSS_BINS];
};

/* With e = out - y and w the row's weight, the loss is the mean over rows of
 *     squared:      w |e|^2 / dim
 *     pseudo_huber: sqrt(w |e|^2 + c^2) - c,  c = 0.00054 sqrt(dim) unless given:
 * A weight may turn the error of x1 or x0 into that of the velocity.
 * Source: Song and Dhariwal 2024, arXiv:2310.14189, sec. 3.3. */
struct fm_loss {
    bool is_huber;
    size_t dim;
    double c, slope;
    double divisor; /* of the sum that fm_loss_block gives */
};
struct fm_loss fm_loss_of(const struct fm_train_options *o, size_t dim, size_t n_rows);
/* Returns the block's sum, in double, which over all blocks and divided by l->divisor is
 * the loss.  Writes d loss / d out to gradient, laid out as out: [n][fm_padded(dim)], or
 * not if NULL; adds to bins, or not if NULL. */
double fm_loss_block(const struct fm_loss *l, size_t n, const fm_real *out, const double *y,
                     const double *weight, const double *t, fm_real *gradient,
                     struct fm_loss_bins *bins);

#endif
