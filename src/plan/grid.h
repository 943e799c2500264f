/* Time grids: where the steps of a fixed-step solve begin and end. */
#ifndef FM_PLAN_GRID_H
#define FM_PLAN_GRID_H

#include "config/host_options.h"

/* Writes options->steps + 1 times, rising from exactly 0 to exactly options->t_end, as t_end
 * g(i / n) with n steps and, u = i / n,
 *     uniform   g = u
 *     cosine    g = 1 - cos(pi u / 2): dense at t = 0 (sway sampling with s = -1, Chen et al.
 *               2024, arXiv:2410.06885, eq. 7)
 *     karras    g = 1 / (1 + sigma_i), sigma_i = (max^(1/rho) + i / (n - 1) (min^(1/rho) -
 *               max^(1/rho)))^rho for i < n, but g(0) = 0 (Karras et al. 2022,
 *               arXiv:2206.00364, eq. 5, with sigma = (1 - t) / t of the linear path)
 *     shift     g = u / (u + s (1 - u)): dense at t = 0 for s > 1 (Esser et al. 2024,
 *               arXiv:2403.03206, eq. 23, where time runs the other way)
 * or options->times, where they are given.  The caller checks that the times rise: they don't when
 * sigma_max is below sigma_min, or when there are more steps than doubles. */
void fm_grid_fill(const struct fm_method_options *options, double *times);

#endif
