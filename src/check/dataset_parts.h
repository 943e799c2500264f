/* Inside of the checks of data sets: rows by their numbers, whether the set draws or reads
 * them.  Each part measures promises and tells rows of the report; none can fail but by these
 * or for want of memory. */
#ifndef FM_CHECK_DATASET_PARTS_H
#define FM_CHECK_DATASET_PARTS_H

#include "check/dataset.h"
#include "host/data.h"
#include <math.h>
#include <stdbool.h>

struct fm_dataset_subject {
    const struct fm_check_sink *sink;
    struct fm_arena *arena;
    const struct fm_plugin *plugin;
    const void *options;
    struct fm_data data;
    size_t wanted_dim; /* that it was opened with; 0: its own */
    size_t dim;
    bool has_density; /* with these options */
};

/* A row of the report without numbers. */
void fm_dataset_tell(const struct fm_dataset_subject *s, const char *property,
                     enum fm_check_result result, const char *note);

/* How many rows there are to be looked at, at most `most`. */
size_t fm_dataset_n(const struct fm_dataset_subject *s, size_t most);
/* Rows first .. first + n - 1 of the stream, or of a finite set in its own order: x: [n][dim];
 * labels: [n], or NULL. */
void fm_dataset_rows(const struct fm_dataset_subject *s, const struct fm_data *data,
                     struct fm_stream stream, uint64_t first, size_t n, double *x,
                     uint32_t *labels);
/* log p of n rows. */
void fm_dataset_log_density(const struct fm_dataset_subject *s, size_t n, const double *x,
                            double *log_p);

/* ---- rows (dataset_rows.c) ---- */

/* False: rows don't hold still, and nothing else makes sense. */
FM_MUST_USE enum fm_status fm_check_dataset_bits(const struct fm_dataset_subject *s,
                                                 bool *is_same, struct fm_error *err);
/* False: it writes where it must not, and can't be asked for more. */
FM_MUST_USE enum fm_status fm_check_dataset_bounds(const struct fm_dataset_subject *s,
                                                   bool *are_kept, struct fm_error *err);
/* That rows are finite, and of streams of their own. */
FM_MUST_USE enum fm_status fm_check_dataset_values(const struct fm_dataset_subject *s,
                                                   bool *are_finite, struct fm_error *err);

/* ---- numbers (dataset_moments.c, dataset_density.c, dataset_integral.c) ---- */

FM_MUST_USE enum fm_status fm_check_dataset_moments(const struct fm_dataset_subject *s,
                                                    struct fm_error *err);
FM_MUST_USE enum fm_status fm_check_dataset_labels(const struct fm_dataset_subject *s,
                                                   struct fm_error *err);
/* What log_density gives; false: it makes no sense to integrate it. */
FM_MUST_USE enum fm_status fm_check_dataset_density(const struct fm_dataset_subject *s,
                                                    bool *is_density, struct fm_error *err);
FM_MUST_USE enum fm_status fm_check_dataset_score(const struct fm_dataset_subject *s,
                                                  struct fm_error *err);
FM_MUST_USE enum fm_status fm_check_dataset_entropy(const struct fm_dataset_subject *s,
                                                    struct fm_error *err);
/* Integral 1, as many rows in each cell as the density says; the moments of a set that says
 * nothing else of them. */
enum { FM_INTEGRAL_MAX_DIM = 3 };
FM_MUST_USE enum fm_status fm_check_dataset_integral(const struct fm_dataset_subject *s,
                                                     struct fm_error *err);
/* Instead of that in more than FM_INTEGRAL_MAX_DIM dimensions: mass around some rows. */
FM_MUST_USE enum fm_status fm_check_dataset_mass(const struct fm_dataset_subject *s,
                                                 struct fm_error *err);

#endif
