/* The share of the sampling time that is spent outside the network: in the solver's own
 * arithmetic, the loop, and the copies between them. */
#include <config.h>

#include "bench.h"

#include "base/error.h"
#include "base/parallel.h"

/* The seconds of the network alone, for the evaluations that the sampling took. */
static double network_seconds(const struct bench_model *m, struct fm_net_workspace *w,
                              const fm_real *x, const double *t, size_t nfe)
{
    const size_t n_rows = fm_net_block_rows(m->model.net);
    const struct fm_net_input input = {.t = t, .x = x};
    double start = fm_seconds();
    for (size_t first = 0; first < m->n; first += n_rows)
        for (size_t k = 0; k < nfe; k++)
            (void)fm_net_forward(m->model.net, m->weights, w,
                                 m->n - first < n_rows ? m->n - first : n_rows, &input);
    return fm_seconds() - start;
}

enum fm_status bench_outside(struct bench *b, const struct bench_workload *w,
                             double *fraction, struct fm_error *err)
{
    const struct bench_model *m = w->model;
    const size_t n_rows = fm_net_block_rows(m->model.net);
    struct fm_arena arena = {0};
    struct fm_net_workspace *workspace = NULL;
    struct fm_solve_result result;
    fm_real *x = FM_NEW(&arena, n_rows * m->model.dim, fm_real);
    double *t = FM_NEW(&arena, n_rows, double), all = 0, network = 0;
    double start = fm_seconds();
    enum fm_status status =
        x && t ? fm_net_workspace(&arena, m->model.net, FM_NET_FORWARD, &workspace, err)
               : fm_out_of_memory(err);
    for (size_t i = 0; x && i < n_rows * m->model.dim; i++)
        x[i] = (fm_real)m->x0[i % (m->n * m->model.dim)];
    while (status == FM_OK && fm_seconds() - start < 2 * b->options.seconds) {
        status = bench_solve(b, w, 0, &result, err);
        /* in turn, so that both see the machine in the same state */
        all += result.seconds;
        network += network_seconds(m, workspace, x, t, result.nfe_max);
    }
    *fraction = 1 - network / all;
    fm_arena_fini(&arena);
    return status;
}
