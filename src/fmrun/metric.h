/* Plugins of kind metric: one number about a sampling. */
#ifndef FM_FMRUN_METRIC_H
#define FM_FMRUN_METRIC_H

#include <fmrun/rng.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

enum fm_direction { FM_LOWER_IS_BETTER, FM_HIGHER_IS_BETTER };

/* What a metric looks at; the host provides the second set. */
enum fm_metric_reference {
    FM_REFERENCE_NONE,
    FM_REFERENCE_DATA, /* rows of the data set, drawn apart from those of training; a finite
                        * set has no others than training sees */
    FM_REFERENCE_SOLVE /* end points of a tight-tolerance solve of the same ODE from the same
                        * x0, row for row */
};

struct fm_measurement {
    size_t n, dim;           /* of samples and reference alike */
    const double *x0;        /* [n][dim]: where the samples started */
    const double *samples;   /* [n][dim] at t = 1, all finite */
    const double *reference; /* [n][dim], or NULL for FM_REFERENCE_NONE */
    struct fm_stream noise;  /* for random choices: the same for every sampling of a run */
};

struct fm_estimate {
    double value;
    double
        standard_error; /* of value given the samples (random projections, say); 0: exact */
    size_t n_used;      /* rows that entered */
};

struct fm_metric_ops {
    size_t size; /* sizeof(struct fm_metric_ops) */
    enum fm_direction direction;
    enum fm_metric_reference reference;
    const char *unit; /* NULL: none */
    /* Called from several threads, for different measurements.  services' memory is freed
     * after the call. */
    enum fm_status (*measure)(const void *options, const struct fm_services *services,
                              const struct fm_measurement *m, struct fm_estimate *estimate,
                              struct fm_error *err);
};

#endif
