/* Exact optimal assignment: the discrete optimal transport of couplings and of Wasserstein
 * metrics, which call it as services.assign (fmrun/services.h).
 *
 * Minimises sum_i c(i, p(i)) over permutations p of 0 .. n-1.  Duals prove that it is
 * optimal: u_i + v_j <= c(i, j) for all i, j, with equality for j = p(i), up to rounding;
 * then sum_i u_i + sum_j v_j is the optimal cost.
 *
 * Deterministic, the same bits with and without vector instructions; one thread; time
 * O(n^3) at worst, near O(n^2) for clouds of points in few dimensions.
 *
 * Source: Jonker and Volgenant 1987, "A shortest augmenting path algorithm for dense and
 * sparse linear assignment problems", Computing 38:325. */
#ifndef FM_BASE_ASSIGNMENT_H
#define FM_BASE_ASSIGNMENT_H

#include "base/arena.h"
#include <fmrun/status.h>
#include <stddef.h>
#include <stdint.h>

/* For c(i, j) = |a_i - b_j|^2.  a, b: [n][dim]; p: [n]; *cost: the least sum divided by n
 * (0 for n = 0).  Memory from scratch: O(n^2 / 32 + n dim) doubles for dim <= 8, O(n^2)
 * otherwise.  FM_ERROR_DIVERGED when a number or a squared distance is not finite. */
FM_MUST_USE enum fm_status fm_assign(struct fm_arena *scratch, size_t n, size_t dim,
                                     const double *a, const double *b, uint32_t *p,
                                     double *cost, struct fm_error *err);

/* For any finite costs: [n][n], costs[i * n + j] for row i and column j.  u, v: [n], the
 * duals; either may be NULL. */
FM_MUST_USE enum fm_status fm_assign_costs(struct fm_arena *scratch, size_t n,
                                           const double *costs, uint32_t *p, double *u,
                                           double *v, struct fm_error *err);

#endif
