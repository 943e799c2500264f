/* Times samplings and metrics for `fmrun bench`; fm_bench_solve also serves `make
 * bench`. */
#ifndef FM_RUN_BENCH_SAMPLE_H
#define FM_RUN_BENCH_SAMPLE_H

#include "run/bench_result.h"
#include "sample/integrate.h"

/* Solves one sampling for the first n rows of the run's x0.  x0, x1: [n][dim]; nfe: [n]. */
struct fm_bench_solve {
    const struct fm_model *model;       /* its velocity has parameters */
    const struct fm_velocity *velocity; /* NULL: the model's */
    const struct fm_solver *solver;
    struct fm_control control;
    size_t n_threads, n;
    uint64_t seed;
    const double *x0;
    double *x1;
    uint64_t *nfe;
};
FM_MUST_USE enum fm_status fm_bench_solve(const struct fm_bench_solve *s,
                                          struct fm_solve_result *result,
                                          struct fm_error *err);
/* Rows 0 .. n - 1 of the run's x0. */
void fm_bench_x0(const struct fm_model *model, uint64_t seed, size_t n, double *x0);

/* Times the samplings and metrics of the run, and adds their rows.  The model has
 * weights. */
FM_MUST_USE enum fm_status fm_bench_sample(struct fm_bench_run *b, struct fm_error *err);

#endif
