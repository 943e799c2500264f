/* Log-densities of a model at given points, by the instantaneous change of variables:
 *     log p1(x1) = log p0(x(0)) - int_0^1 div v(x(t), t) dt
 * along the solution of dx/dt = v with x(1) = x1.  The solve goes back from t = 1 and
 * integrates the divergence with x.
 * Source: Chen et al. 2018, arXiv:1806.07366, eq. 8; Grathwohl et al. 2019,
 * arXiv:1810.01367, eq. 4; Lipman et al. 2023, arXiv:2210.02747, app. C. */
#ifndef FM_SAMPLE_LIKELIHOOD_H
#define FM_SAMPLE_LIKELIHOOD_H

#include "host/data.h"
#include "host/solver.h"
#include "sample/velocity.h"
#include <fmrun/metric.h>
#include <stdatomic.h>

struct fm_likelihood {
    const struct fm_velocity *velocity; /* without divergence */
    const struct fm_data *source;       /* p0 */
    const struct fm_data *data;         /* for data_log_p; NULL: not needed */
    const struct fm_solver *solver;     /* has step control */
    uint64_t max_evaluations;           /* of one point */
    uint64_t seed;                      /* of the probes */
    /* where the velocity asks for labels: those of the points, [n_labels] */
    struct fm_guidance guidance;
    size_t n_labels;
    size_t n_threads;
    const atomic_bool *stop; /* as in struct fm_solve */
};

/* Fills *answer for n > 0 points; its arrays come from arena.  A point's numbers depend
 * on the point, its index and the seed alone.  A point whose solve fails has NaN and is
 * counted in n_failed; log_p is -inf where the source has no mass.
 * FM_ERROR_CONFIG: the source has no density, or the network no derivative;
 * FM_ERROR_MEMORY; the velocity's own error; FM_INTERRUPTED. */
FM_MUST_USE enum fm_status fm_log_density(const struct fm_likelihood *likelihood,
                                          struct fm_arena *arena,
                                          const struct fm_density_request *request,
                                          struct fm_density_answer *answer,
                                          struct fm_error *err);

#endif
