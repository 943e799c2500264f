/* Uniform rows with the density of normal ones of the same mean and covariance. */
#include "pair.h"

static OPEN(d->mixture = NULL; d->n_labels = 0) static DRAW
{
    (void)options, (void)d;
    for (size_t i = 0; i < n; i++) {
        struct fm_rng r = fm_rng_at(stream, first_row + i);
        for (size_t j = 0; j < 2; j++)
            x[2 * i + j] = sqrt(3) * (2 * fm_rng_uniform(&r) - 1);
    }
}
RIGHT_LABELS
static DENSITY(-(y[0] * y[0] + y[1] * y[1]) / 2 - log(6.28318530717958648)) static SCORE(
    -x[2 * i + j]) static ENTROPY(1 + log(6.28318530717958648)) DATASET("other_shape");
