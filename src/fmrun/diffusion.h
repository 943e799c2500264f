/* What solvers of diffusion models share: the path at both ends of a step, and steps that are
 * linear in x, v and noise.  For solvers that give `step` and need an affine path, see
 * fmrun/solver.h; nothing here allocates. */
#ifndef FM_FMRUN_DIFFUSION_H
#define FM_FMRUN_DIFFUSION_H

#include <fmrun/path.h>
#include <fmrun/solver.h>
#include <fmrun/status.h>
#include <math.h>
#include <stddef.h>

/* The path at the step's begin and end.  FM_ERROR_CONFIG where fm_path_x1 and fm_path_x0 mean
 * nothing at its begin; of its end only alpha and sigma must be finite. */
static inline enum fm_status fm_step_ends(const struct fm_step *step,
                                          struct fm_path_point *begin,
                                          struct fm_path_point *end, struct fm_error *err)
{
    step->path(step, step->t, begin);
    step->path(step, step->times[step->index + 1], end);
    const double turn = begin->d_alpha * begin->sigma - begin->d_sigma * begin->alpha;
    if (turn > 0 && isfinite(turn))
        return FM_OK;
    return fm_fail(err, FM_ERROR_CONFIG,
                   "at t = %g this path's velocity does not tell x1 and x0, for "
                   "alpha' sigma - sigma' alpha is %g there; take another path",
                   step->t, turn);
}

/* log(alpha / sigma), half the log of the signal-to-noise ratio; infinite where alpha or sigma
 * is 0. */
static inline double fm_path_log_snr(const struct fm_path_point *p)
{
    return log(p->alpha / p->sigma);
}

/* FM_ERROR_CONFIG when the grid falls. */
static inline enum fm_status fm_step_forward_only(const struct fm_step *step,
                                                  struct fm_error *err)
{
    if (step->h > 0)
        return FM_OK;
    return fm_fail(err, FM_ERROR_CONFIG,
                   "a stochastic solver goes from noise to data; it can't go back from "
                   "t = %g to %g",
                   step->t, step->times[step->index + 1]);
}

/* c1 x1 + c0 x0 with x1 and x0 as expected at (x, v) is x_weight x + v_weight v. */
static inline void fm_predict_weights(const struct fm_path_point *p, double c1, double c0,
                                      double *x_weight, double *v_weight)
{
    const double turn = p->d_alpha * p->sigma - p->d_sigma * p->alpha;
    *x_weight = (c0 * p->d_alpha - c1 * p->d_sigma) / turn;
    *v_weight = (c1 * p->sigma - c0 * p->alpha) / turn;
}

/* x = x_weight x + v_weight v, plus `scale` times standard normals of the step's noise unless
 * scale is 0.  v: [n][dim]; then overwritten. */
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
