/* Plugins of kind metric: one number about a sampling. */
#ifndef FM_FMRUN_METRIC_H
#define FM_FMRUN_METRIC_H

#include <fmrun/rng.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

enum fm_direction { FM_LOWER_IS_BETTER, FM_HIGHER_IS_BETTER };

/* What a metric compares with; or-ed.  Each flag makes the members that it names non-NULL;
 * members of other flags are NULL.
 *
 * DATA, SOLVE, EXACT and ENERGY combine freely.  samples, x0, solve, exact and path_energy
 * belong together row by row: row i of each started at x0[i].  data and fresh are
 * independent of these and of each other; their rows pair with nothing.
 *
 * DENSITY combines with DATA_DENSITY alone, which needs it: such a metric is measured once
 * for each run, before there are samples.
 *
 * The host measures the floor of a metric whose references are DATA, SOLVE or EXACT alone.
 * With any others the metric gives its floor itself (has_floor), or has none. */
enum fm_metric_reference {
    FM_REFERENCE_NONE = 0,
    /* data: rows of the data set, independent of training's where the set is generated or
     * split.test keeps rows apart, else rows that training sees, too; and fresh. */
    FM_REFERENCE_DATA = 1,
    /* solve: end points of a solve with tight tolerances of the same ODE from the same x0,
     * at the time where the samples end. */
    FM_REFERENCE_SOLVE = 2,
    /* exact: the same of the exact velocity between source and data, which a closed form
     * gives (config: sample.exact). */
    FM_REFERENCE_EXACT = 4,
    /* log_density of the model, and data to evaluate it at; samples is NULL. */
    FM_REFERENCE_DENSITY = 8,
    /* path_energy of the sampling's own steps; a solver that controls its own step size has
     * none. */
    FM_REFERENCE_ENERGY = 16,
    /* With FM_REFERENCE_DENSITY: data_log_p of the answer, too.  Data sets without a
     * density are refused before anything is trained. */
    FM_REFERENCE_DATA_DENSITY = 32
};

/* How div v is computed: by all dim derivatives, or by an unbiased estimate from k random
 * directions e, the mean of e . (dv/dx) e, with the same directions during one solve.
 * Source: Grathwohl et al. 2019, arXiv:1810.01367, eq. 7 (Hutchinson). */
enum fm_divergence_kind {
    FM_DIVERGENCE_EXACT,
    FM_DIVERGENCE_RADEMACHER, /* e_j = 1 or -1 */
    FM_DIVERGENCE_GAUSSIAN    /* e_j ~ N(0, 1) */
};

struct fm_density_request {
    size_t n;
    /* [n][dim]: points at t = 1.  Where the network asks for labels, point i has the label
     * of row i of the measurement's data. */
    const double *x;
    enum fm_divergence_kind divergence;
    /* k, of the estimates. */
    size_t n_probes;
    double rtol, atol;
};

struct fm_density_answer {
    /* [n]: log p of the model, in nats; NaN where the solve failed, -inf where the source
     * has no mass. */
    double *log_p;
    /* [n]: of log_p given the point, from the k probes; 0 when exact, NaN for k = 1. */
    double *standard_error;
    /* [n]: log p of the data set itself; NULL where it has no density. */
    double *data_log_p;
    /* How many solves failed, and why the first of them did; NULL: none did. */
    size_t n_failed;
    const char *failure;
    /* Network evaluations a point, and derivatives along one direction a point; each costs
     * as much as an evaluation. */
    double nfe, njvp;
};

struct fm_measurement {
    /* Rows and coordinates, of samples and references alike. */
    size_t n, dim;
    /* Where the samples end, usually 1; 1 for FM_REFERENCE_DENSITY. */
    double t_end;
    /* [n][dim]: where the samples started. */
    const double *x0;
    /* [n][dim] at t_end, all finite; NULL for FM_REFERENCE_DENSITY. */
    const double *samples;
    /* [n][dim]; NULL where the references don't ask for it. */
    const double *data, *solve, *exact;
    /* With FM_REFERENCE_DATA: other rows of the data, for a floor of the metric's own.
     * [n][dim]; NULL where the set has too few. */
    const double *fresh;
    /* [n]: the energy of each row's polygon through the solver's steps,
     * sum_k |x_(k+1) - x_k|^2 / |t_(k+1) - t_k|; NULL where not asked for. */
    const double *path_energy;
    /* For random choices: any row, any block, and any other `step`, with this seed and
     * stream.  The same for every sampling, metric and floor of a run, so that metrics make
     * the same choices for all of them; independent of the numbers that made the network,
     * x0, the samples and the data. */
    struct fm_stream noise;
    /* With FM_REFERENCE_DENSITY: log p of the model at the points of the request.  Costs a
     * solve a point, on all threads.  The answer's memory lives as long as that of
     * services. */
    enum fm_status (*log_density)(const struct fm_measurement *m,
                                  const struct fm_density_request *request,
                                  struct fm_density_answer *answer, struct fm_error *err);
    void *context;
};

struct fm_estimate {
    double value;
    /* Of value given the samples (random projections, say); 0: exact.  With
     * FM_REFERENCE_DENSITY: of value given the model, over the choice of points. */
    double standard_error;
    /* How many rows entered. */
    size_t n_used;
    /* floor is what a perfect sampler scores; false: the host measures it where it can. */
    bool has_floor;
    double floor;
    /* Network evaluations and derivatives a row that measuring took. */
    double nfe, njvp;
};

struct fm_metric_ops {
    size_t size; /* sizeof(struct fm_metric_ops) */
    enum fm_direction direction;
    unsigned references; /* FM_REFERENCE_... */
    const char *unit;    /* NULL: none */
    /* Called from several threads, each for another measurement; with FM_REFERENCE_DENSITY
     * from one.  Memory of services is freed after the call. */
    enum fm_status (*measure)(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err);
};

#endif
