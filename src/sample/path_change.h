/* A change of path after training: the velocity of path b from the velocity of path a,
 * without training.  Both paths are affine, and their log-SNR rises,
 * lambda = log(alpha / sigma):
 *
 *     u_b(x, r) = (c' / c) x + c t' u_a(x / c, t),
 *     lambda_a(t) = lambda_b(r),  c = sigma_b(r) / sigma_a(t) = alpha_b(r) / alpha_a(t),
 *     t' = T_b(r) / (c^2 T_a(t)),  T = alpha' sigma - sigma' alpha,
 *
 * primes being derivatives in r.  So X_r of b is c X_t of a: flows that start at the
 * same points end at the same points.
 *
 * While b has less SNR than a has anywhere (a = vp, alpha(0) > 0), x is treated as pure
 * noise: u_b = (sigma_b' / sigma_b) x.  Where b has more (a = target_fm), x is treated
 * as data: u_b = (alpha_b' / alpha_b) x.
 *
 * Where t' or 1 / T_a is singular at an end, r stays 1e-10 away from it.  For an exact
 * u_a, u_b has a limit there; for a learned one its error grows with t', as
 * 1 / sqrt(1 - r) towards the end of vp and linear_vp.
 *
 * Source: Lipman et al. 2024, arXiv:2412.06264, sec. 4.8 (post-training scheduler
 * change); Karras et al. 2022, arXiv:2206.00364, app. B; Pokle et al. 2023,
 * arXiv:2310.04432. */
#ifndef FM_SAMPLE_PATH_CHANGE_H
#define FM_SAMPLE_PATH_CHANGE_H

#include <fmrun/path.h>
#include <stddef.h>

struct fm_affine_path {
    const struct fm_path_ops *ops; /* with coefficients */
    const void *options;
};

struct fm_path_change {
    struct fm_affine_path from, to; /* a and b */
    double lowest, highest;         /* lambda of a at 0 and 1; may be infinite */
    double begin, end;              /* r is clamped to these */
};

/* At one r: u_b(x, r) = x_weight x + v_weight u_a(scale x, t). */
struct fm_path_place {
    double t, scale, x_weight, v_weight;
};

/* Change from path a to path b. */
void fm_path_change_init(struct fm_path_change *change, struct fm_affine_path from,
                         struct fm_affine_path to);

/* Computes *place for r in [0, 1].  t comes from Newton's method in log(t / (1 - t)),
 * kept in a bracket, to rounding error.  Pure; allocates nothing. */
void fm_path_change_at(const struct fm_path_change *change, double r,
                       struct fm_path_place *place);

/* The t at which the path has this lambda, by the same method; near 0 or 1 if it has
 * none. */
double fm_path_time_of(const struct fm_affine_path *path, double lambda);

#endif
