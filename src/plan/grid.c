#include <config.h>

#include "plan/grid.h"

#include <math.h>
#include <string.h>

static double karras(const struct fm_method_options *o, size_t i, size_t n)
{
    if (i == 0)
        return 0;
    double high = pow(o->grid_sigma_max, 1 / o->grid_rho);
    double low = pow(o->grid_sigma_min, 1 / o->grid_rho);
    double sigma = pow(high + (double)i / (double)(n - 1) * (low - high), o->grid_rho);
    return 1 / (1 + sigma);
}

void fm_grid_fill(const struct fm_method_options *o, double *times)
{
    const size_t n = (size_t)o->steps;
    const double half_pi = 1.57079632679489661923;
    if (o->times.n > 0) {
        memcpy(times, o->times.values, o->times.n * sizeof *times);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double u = (double)i / (double)n, g = u;
        if (o->grid == FM_GRID_COSINE)
            g = 1 - cos(half_pi * u);
        else if (o->grid == FM_GRID_KARRAS)
            g = karras(o, i, n);
        else if (o->grid == FM_GRID_SHIFT)
            g = u / (u + o->grid_shift * (1 - u));
        times[i] = o->t_end * g;
    }
    times[n] = o->t_end;
}
