/* Helpers for solvers of diffusion models, which give `step` and need an affine path
 * (fmrun/solver.h): the path at both ends of a step, and steps that are linear in x, v and
 * noise.  Nothing here allocates. */
#ifndef FM_FMRUN_DIFFUSION_H
#define FM_FMRUN_DIFFUSION_H

#include <fmrun/path.h>
#include <fmrun/solver.h>
#include <fmrun/status.h>
#include <math.h>
#include <stddef.h>

/* The scheme of a stochastic method of weak order 1 that keeps v in its state. */
#define FM_SDE_SCHEME                                                                      \
    {                                                                                      \
        .order = 1, .n_state = 1, .needs = FM_NEEDS_AFFINE_PATH | FM_NEEDS_SCORE,          \
        .is_stochastic = true                                                              \
    }

/* The path at the step's begin and end.  FM_ERROR_CONFIG where fm_path_x1 and fm_path_x0
 * are undefined at its begin; at its end only alpha and sigma must be finite. */
static inline enum fm_status fm_step_ends(const struct fm_step *step,
                                          struct fm_path_point *begin,
                                          struct fm_path_point *end, struct fm_error *err)
{
    step->path(step, step->t, begin);
    step->path(step, step->times[step->index + 1], end);
    const double determinant =
        begin->d_alpha * begin->sigma - begin->d_sigma * begin->alpha;
    if (determinant > 0 && isfinite(determinant))
        return FM_OK;
    return fm_fail(err, FM_ERROR_CONFIG,
                   "at t = %g this path's velocity does not determine x1 and x0, because "
                   "alpha' sigma - sigma' alpha is %g there; take another path",
                   step->t, determinant);
}

/* The same, and v = v(x, t), [n][dim], at the step's begin. */
static inline enum fm_status fm_step_begin(const struct fm_step *step, double *v,
                                           struct fm_path_point *begin,
                                           struct fm_path_point *end, struct fm_error *err)
{
    FM_TRY(fm_step_ends(step, begin, end, err));
    return step->velocity(step, step->t, step->x, v, err);
}

/* log(alpha / sigma), half the log of the signal-to-noise ratio; infinite where alpha or
 * sigma is 0. */
static inline double fm_path_log_snr(const struct fm_path_point *p)
{
    return log(p->alpha / p->sigma);
}

/* FM_ERROR_CONFIG when the grid falls, from data to noise. */
static inline enum fm_status fm_step_forward_only(const struct fm_step *step,
                                                  struct fm_error *err)
{
    if (step->h > 0)
        return FM_OK;
    return fm_fail(err, FM_ERROR_CONFIG,
                   "a stochastic solver runs from noise to data; it can't run back from "
                   "t = %g to %g",
                   step->t, step->times[step->index + 1]);
}

/* Sets the weights with which c1 E[x1 | x] + c0 E[x0 | x] = x_weight x + v_weight v at
 * p. */
static inline void fm_predict_weights(const struct fm_path_point *p, double c1, double c0,
                                      double *x_weight, double *v_weight)
{
    const double determinant = p->d_alpha * p->sigma - p->d_sigma * p->alpha;
    *x_weight = (c0 * p->d_alpha - c1 * p->d_sigma) / determinant;
    *v_weight = (c1 * p->sigma - c0 * p->alpha) / determinant;
}

/* x = x_weight x + v_weight v + scale z, z standard normals of the step's noise; scale 0
 * draws none.  v: [n][dim], overwritten. */
static inline void fm_step_take(const struct fm_step *step, double x_weight,
                                double v_weight, double *v, double scale)
{
    const size_t size = step->n * step->dim;
    double *x = step->x;
    for (size_t i = 0; i < size; i++)
        x[i] = x_weight * x[i] + v_weight * v[i];
    if (scale == 0)
        return;
    step->services->normals(step->noise, 0, step->first_row, step->n, step->dim, v);
    for (size_t i = 0; i < size; i++)
        x[i] += scale * v[i];
}

#endif
