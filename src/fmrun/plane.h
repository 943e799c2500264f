/* Entropy of a smooth density in the plane that has no closed form. */
#ifndef FM_FMRUN_PLANE_H
#define FM_FMRUN_PLANE_H

#include <fmrun/dataset.h>
#include <math.h>
#include <stddef.h>

enum { FM_PLANE_AT_ONCE = 64, FM_PLANE_MAX = 1 << 18 };

/* -int p log p over the box from low to high, beyond which there is next to nothing, by the
 * trapezoidal rule with steps of the noise.  noise: sd of the narrowest normal noise that p is
 * smeared out with; the integral of such a p is off by the order of exp(-2 pi^2 (noise / step)^2),
 * 3e-9 (Trefethen and Weideman 2014, doi:10.1137/130932132), that of p log p, which is less
 * smooth, by up to 3e-5.  NaN where it would take more than FM_PLANE_MAX points. */
static inline double
fm_plane_entropy(const void *options, const struct fm_dataset *d,
                 void (*log_density)(const void *options, const struct fm_dataset *d,
                                     size_t n, const double *x, double *log_p),
                 const double *low, const double *high, double noise)
{
    double x[2 * FM_PLANE_AT_ONCE], log_p[FM_PLANE_AT_ONCE], step[2], n[2], sum = 0;
    for (size_t j = 0; j < 2; j++) {
        n[j] = ceil((high[j] - low[j]) / noise);
        step[j] = (high[j] - low[j]) / n[j];
    }
    if (!(n[0] * n[1] <= FM_PLANE_MAX))
        return (double)NAN;
    const size_t n_points = (size_t)(n[0] * n[1]), n_columns = (size_t)n[1];
    for (size_t first = 0; first < n_points; first += FM_PLANE_AT_ONCE) {
        const size_t size =
            n_points - first < FM_PLANE_AT_ONCE ? n_points - first : FM_PLANE_AT_ONCE;
        for (size_t i = 0; i < size; i++) {
            x[2 * i] = low[0] + step[0] * (double)((first + i) / n_columns);
            x[2 * i + 1] = low[1] + step[1] * (double)((first + i) % n_columns);
        }
        log_density(options, d, size, x, log_p);
        for (size_t i = 0; i < size; i++)
            sum -= log_p[i] > -700 ? exp(log_p[i]) * log_p[i] : 0;
    }
    return sum * step[0] * step[1];
}

#endif
