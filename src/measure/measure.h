/* Metrics: what they compare with, their floors, and measuring several at once. */
#ifndef FM_MEASURE_MEASURE_H
#define FM_MEASURE_MEASURE_H

#include "base/arena.h"
#include <fmrun/metric.h>
#include <fmrun/plugin.h>

/* sample/likelihood.h; opaque here. */
struct fm_likelihood;

/* The tolerance of the looser reference solve, over that of the tight one. */
enum { FM_LOOSER_FACTOR = 10 };

/* What the samples of one run and sample count are compared with. */
struct fm_references {
    size_t n, dim;
    uint64_t seed;
    double t_end; /* where samples and solves end */
    /* [n][dim] each; NULL: no metric needs it, or it could not be made */
    const double *x0;
    const double *data;  /* fresh rows of the data */
    const double *floor; /* other fresh rows: the samples of a perfect sampler */
    const double *solve; /* end points of the tight solve */
    /* end points of the solve at FM_LOOSER_FACTOR times its tolerance */
    const double *looser;
    const double *exact, *looser_exact; /* as solve and looser, of the exact velocity */
    /* FM_REFERENCE_DENSITY: fm_log_density (sample/likelihood.h), which has its own
     * threads, and its first argument.  It needs data, too.  NULL: no metric needs it. */
    enum fm_status (*log_density)(const struct fm_likelihood *likelihood,
                                  struct fm_arena *arena,
                                  const struct fm_density_request *request,
                                  struct fm_density_answer *answer, struct fm_error *err);
    const struct fm_likelihood *likelihood;
};

struct fm_metric_task {
    const struct fm_metric_ops *metric;
    const void *options;
    /* [n][dim]; NULL for FM_REFERENCE_DENSITY, whose value does not depend on the
     * sampling */
    const double *samples;
    const double *path_energy; /* [n]: of the samples; or NULL */
    /* results */
    struct fm_estimate estimate;
    double seconds;
    enum fm_status status;
    struct fm_error error;
};

/* Measures n_tasks; each gets its own status.  Those for FM_REFERENCE_DENSITY come
 * first, one after another on all threads of the likelihood; the others follow in
 * parallel.  A metric whose reference is missing fails with FM_ERROR_INTERNAL. */
void fm_measure(const struct fm_references *references, size_t n_threads, size_t n_tasks,
                struct fm_metric_task *tasks);

/* The samples that give a metric its floor: floor = value on them / *divisor.  NULL: no
 * floor.  Against data they are other rows of the data.  Against the tight solve they
 * are those of the looser solve.  An error is proportional to its tolerance, so the two
 * solves differ by FM_LOOSER_FACTOR - 1 times the error of the tight one, which is the
 * divisor. */
const double *fm_floor_samples(const struct fm_references *references,
                               const struct fm_metric_ops *metric, double *divisor);

#endif
