#include <config.h>

#include "train/loss.h"

#include <math.h>

/* c of the pseudo-Huber loss, over sqrt(dim): Song and Dhariwal 2024, sec. 3.3. */
static const double DEFAULT_C = 0.00054;

struct fm_loss fm_loss_of(const struct fm_train_options *o, size_t dim, size_t n_rows)
{
    const bool is_huber = o->loss == FM_LOSS_PSEUDO_HUBER;
    const double divisor = is_huber ? (double)n_rows : (double)n_rows * (double)dim;
    return (struct fm_loss){
        .is_huber = is_huber,
        .dim = dim,
        .c = o->loss_c > 0 ? o->loss_c : DEFAULT_C * sqrt((double)dim),
        .slope = (is_huber ? 1 : 2) / divisor,
        .divisor = divisor,
    };
}

/* gradient = factor (out - y) for one row, padding 0. */
static void put_gradient(const struct fm_loss *l, double factor, const fm_real *out,
                         const double *y, fm_real *gradient)
{
    for (size_t j = 0; j < l->dim; j++)
        gradient[j] = (fm_real)(factor * ((double)out[j] - y[j]));
    for (size_t j = l->dim; j < fm_padded(l->dim); j++)
        gradient[j] = 0;
}

double fm_loss_block(const struct fm_loss *l, size_t n, const fm_real *out, const double *y,
                     const double *weight, const double *t, fm_real *gradient,
                     struct fm_loss_bins *bins)
{
    const size_t dim = l->dim, stride = fm_padded(dim);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const fm_real *out_i = out + i * stride;
        const double *y_i = y + i * dim, w = weight ? weight[i] : 1;
        double squares = 0, slope = l->slope * w;
        for (size_t j = 0; j < dim; j++) {
            const double e = (double)out_i[j] - y_i[j];
            squares += w * e * e;
            if (!l->is_huber)
                sum += w * e * e;
        }
        double row = squares / (double)dim;
        if (l->is_huber) {
            const double root = sqrt(squares + l->c * l->c);
            row = squares / (root + l->c); /* root - c, without cancellation */
            slope /= root;
            sum += row;
        }
        if (gradient)
            put_gradient(l, slope, out_i, y_i, gradient + i * stride);
        if (bins) {
            const size_t bin = (size_t)(t[i] * FM_LOSS_BINS);
            bins->sum[bin < FM_LOSS_BINS ? bin : FM_LOSS_BINS - 1] += row;
            bins->n_rows[bin < FM_LOSS_BINS ? bin : FM_LOSS_BINS - 1]++;
        }
    }
    return sum;
}
