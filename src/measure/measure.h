/* The metrics' loop: references, noise floors, and all metrics of a sampling at once. */
#ifndef FM_MEASURE_MEASURE_H
#define FM_MEASURE_MEASURE_H

#include "base/arena.h"
#include <fmrun/metric.h>
#include <fmrun/plugin.h>

/* Of sample/likelihood.h; measure hands it on, knowing nothing of solves. */
struct fm_likelihood;

/* The tolerance of the looser solve over that of the tight one. */
enum { FM_LOOSER_FACTOR = 10 };

/* What the samples of one run and sample count are compared with. */
struct fm_references {
    size_t n, dim;
    uint64_t seed;
    double t_end;        /* where samples and solves end */
    const double *x0;    /* [n][dim] */
    const double *data;  /* [n][dim]: fresh rows of the data; NULL: no metric needs them */
    const double *floor; /* [n][dim]: other fresh rows, what a perfect sampler would give */
    const double *solve; /* [n][dim]: end points of the tight solve; NULL as above */
    const double *looser; /* [n][dim]: those of a solve at ten times the tolerance */
    const double *exact, *looser_exact; /* [n][dim]: likewise of the exact velocity */
    /* For FM_REFERENCE_DENSITY, which needs data too: fm_log_density (sample/likelihood.h)
     * and its first argument; NULL: no metric needs them.  It uses threads of its own. */
    enum fm_status (*log_density)(const struct fm_likelihood *likelihood,
                                  struct fm_arena *arena,
                                  const struct fm_density_request *request,
                                  struct fm_density_answer *answer, struct fm_error *err);
    const struct fm_likelihood *likelihood;
};

struct fm_metric_task {
    const struct fm_metric_ops *metric;
    const void *options;
    /* [n][dim]; NULL for FM_REFERENCE_DENSITY, whose value belongs to the run, whatever the
     * sampling */
    const double *samples;
    const double *path_energy; /* [n], of the samples; NULL: no metric needs it */
    /* results */
    struct fm_estimate estimate;
    double seconds;
    enum fm_status status;
    struct fm_error error;
};

/* Measures n_tasks, each with its own status: first those for FM_REFERENCE_DENSITY, one after
 * another, each with all threads of its likelihood; then the others in parallel.  A metric whose
 * reference is missing fails with FM_ERROR_INTERNAL. */
void fm_measure(const struct fm_references *references, size_t n_threads, size_t n_tasks,
                struct fm_metric_task *tasks);

/* The samples that give a metric its floor, and what its value on them is to be divided by;
 * NULL when the metric has none.  Against data they are other rows of the data, as good as
 * the reference itself.  Against the tight solve they are those of the looser one: its error
 * is proportional to its tolerance, so that the two differ by nine times the error of the
 * reference. */
const double *fm_floor_samples(const struct fm_references *references,
                               const struct fm_metric_ops *metric, double *divisor);

#endif
