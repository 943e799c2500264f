#include <config.h>

#include "train/times.h"

#include "base/random.h"

#include <float.h>
#include <math.h>

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* z: N(0, 1).  P_mean and P_std of Karras et al. 2022, arXiv:2206.00364, table 1; time and
 * limits as in the image example of Lipman et al. 2024, arXiv:2412.06264. */
static double edm_skewed(double z)
{
    const double sigma = exp(1.2 * z - 1.2);
    return fmax(1 / (1 + sigma), 1e-4);
}

/* The density is a cosh(a (t - 1/2)) / (2 sinh(a / 2)), its integral
 *     F(t) = 1/2 + sinh(a (t - 1/2)) / (2 sinh(a / 2)),
 * and t = F^-1(u).  With a at most 700 nothing overflows. */
static double u_shaped(double a, double u)
{
    return 0.5 + asinh((2 * u - 1) * sinh(a / 2)) / a;
}

void fm_train_times(const struct fm_train_options *o, struct fm_stream stream, size_t first,
                    size_t n, double *t)
{
    const enum fm_train_time kind = (enum fm_train_time)o->time;
    const bool is_normal = kind == FM_TIME_LOGIT_NORMAL || kind == FM_TIME_EDM_SKEWED;
    (is_normal ? fm_normals : fm_uniforms)(stream, 0, first, n, 1, t);
    if (kind == FM_TIME_UNIFORM)
        return;
    for (size_t i = 0; i < n; i++) {
        if (kind == FM_TIME_STRATIFIED)
            t[i] = ((double)(first + i) + t[i]) / (double)o->batch;
        else if (kind == FM_TIME_LOGIT_NORMAL)
            t[i] = sigmoid(o->time_mean + o->time_sd * t[i]);
        else if (kind == FM_TIME_EDM_SKEWED)
            t[i] = edm_skewed(t[i]);
        else
            t[i] = u_shaped(o->time_a, t[i]);
        t[i] = fmin(fmax(t[i], 0), 1 - DBL_EPSILON / 2); /* rounding may leave [0, 1) */
    }
}
