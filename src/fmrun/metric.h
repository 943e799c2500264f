/* Plugins of kind metric: one number about a sampling. */
#ifndef FM_FMRUN_METRIC_H
#define FM_FMRUN_METRIC_H

#include <fmrun/rng.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

enum fm_direction { FM_LOWER_IS_BETTER, FM_HIGHER_IS_BETTER };

/* What a metric looks at besides the samples; or-ed. */
enum fm_metric_reference {
    FM_REFERENCE_NONE = 0,
    FM_REFERENCE_DATA = 1, /* rows of the data set, drawn apart from those of training; a
                               * finite set has no others than training sees */
    FM_REFERENCE_SOLVE =
        2, /* end points of a tight-tolerance solve of the same ODE from the
                               * same x0, row for row, at the time where the samples are */
    FM_REFERENCE_EXACT = 4, /* the same of the exact velocity between source and data, which
                               * a closed form gives (config: sample.exact) */
    FM_REFERENCE_DENSITY =
        8, /* log-densities of the model: no samples then; measured once a
                               * run, the same for every sampling */
    FM_REFERENCE_DATA_DENSITY =
        32, /* with FM_REFERENCE_DENSITY, the data's own, too; data without are refused
                               * before anything is trained */
    FM_REFERENCE_ENERGY =
        16 /* path_energy of the sampling's own steps; a solver that brings
                               * its own loop has none */
};

/* How the divergence of v is had: all dim derivatives, or an unbiased estimate from k random
 * directions e, mean of e . (dv/dx) e, the same directions all the way.
 * Source: Grathwohl et al. 2019, arXiv:1810.01367, eq. 7 (Hutchinson). */
enum fm_divergence_kind {
    FM_DIVERGENCE_EXACT,
    FM_DIVERGENCE_RADEMACHER, /* e_j = 1 or -1 */
    FM_DIVERGENCE_GAUSSIAN    /* e_j ~ N(0, 1) */
};
#define FM_DIVERGENCE_NAMES                                                                \
    {                                                                                      \
        "exact", "rademacher", "gaussian", NULL                                            \
    }

struct fm_density_request {
    size_t n;
    /* [n][dim]: points at t = 1; where the network asks for labels, point i has that of row i
     * of the measurement's data */
    const double *x;
    enum fm_divergence_kind divergence;
    size_t n_probes; /* k; of the estimates */
    double rtol, atol;
};

struct fm_density_answer {
    double
        *log_p; /* [n]: of the model; NaN where the solve failed, -inf where the source has
                    * no mass */
    double
        *standard_error; /* [n]: of log_p given the point, from the k probes; 0 when exact;
                             * NaN for k = 1 */
    double *data_log_p;  /* [n]: of the data set itself; NULL where it doesn't know */
    size_t n_failed;
    const char *failure; /* why the first of them failed; NULL: none did */
    double nfe;          /* network evaluations a point ... */
    double
        njvp; /* ... and derivatives along one direction, each as dear as an evaluation */
};

struct fm_measurement {
    size_t n, dim;    /* of samples and references alike */
    double t_end;     /* where the samples are, 1 as a rule */
    const double *x0; /* [n][dim]: where the samples started */
    const double
        *samples; /* [n][dim] at t_end, all finite; NULL for FM_REFERENCE_DENSITY */
    const double *data, *solve, *exact; /* [n][dim]; NULL where not asked for */
    /* With FM_REFERENCE_DATA, other rows of the data, for a floor of the metric's own: [n][dim];
     * NULL where there are not so many. */
    const double *fresh;
    /* [n]: the energy of each row's way, straight from step to step,
     * sum_k |x_(k+1) - x_k|^2 / |t_(k+1) - t_k|; NULL where not asked for. */
    const double *path_energy;
    struct fm_stream noise; /* for random choices: the same for every sampling of a run */
    /* With FM_REFERENCE_DENSITY, fresh rows of the data at t = 1, data: [n][dim], and what
     * the model thinks of points.  Memory of the answer lives as long as that of services. */
    enum fm_status (*log_density)(const struct fm_measurement *m,
                                  const struct fm_density_request *request,
                                  struct fm_density_answer *answer, struct fm_error *err);
    void *context;
};

struct fm_estimate {
    double value;
    /* Of value given the samples (random projections, say); 0: exact.  Without samples, with
     * FM_REFERENCE_DENSITY: of value, the points being random too. */
    double standard_error;
    size_t n_used;  /* rows that entered */
    bool has_floor; /* the metric itself knows what a perfect sampler scores; else the host
                         * measures it on other samples */
    double floor;
    double nfe, njvp; /* evaluations a row that measuring took */
};

struct fm_metric_ops {
    size_t size; /* sizeof(struct fm_metric_ops) */
    enum fm_direction direction;
    unsigned references; /* FM_REFERENCE_... */
    const char *unit;    /* NULL: none */
    /* Called from several threads, for different measurements.  services' memory is freed
     * after the call. */
    enum fm_status (*measure)(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err);
};

#endif
