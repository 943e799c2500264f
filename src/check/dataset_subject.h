/* The data set under test, and access to its rows by number, whether it draws or reads them.
 * Parts of the checks (dataset_rows.h, ...) report errors by rows of the check; beyond that they
 * return FM_ERROR_MEMORY. */
#ifndef FM_CHECK_DATASET_SUBJECT_H
#define FM_CHECK_DATASET_SUBJECT_H

#include "check/row.h"
#include "host/data.h"
#include <stdbool.h>

struct fm_dataset_subject {
    const struct fm_check_sink *sink;
    struct fm_arena *arena;
    const struct fm_plugin *plugin;
    const void *options;
    struct fm_data data;
    size_t wanted_dim; /* the dimension requested at opening; 0: its own */
    size_t dim;
    bool has_density; /* with these options */
};

/* Adds a row of the check without numbers. */
void fm_dataset_note(const struct fm_dataset_subject *s, const char *property,
                     enum fm_check_result result, const char *note);

/* How many rows to measure: `most`, or all of a smaller finite set. */
size_t fm_dataset_n(const struct fm_dataset_subject *s, size_t most);
/* Rows first .. first + n - 1 of the stream, or of a finite set in its own order (modulo its
 * size).  x: [n][dim]; labels: [n], or NULL. */
void fm_dataset_rows(const struct fm_dataset_subject *s, const struct fm_data *data,
                     struct fm_stream stream, uint64_t first, size_t n, double *x,
                     uint32_t *labels);
/* log p of n rows. */
void fm_dataset_log_density(const struct fm_dataset_subject *s, size_t n, const double *x,
                            double *log_p);

#endif
