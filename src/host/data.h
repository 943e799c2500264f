/* An open data set: rows by (stream, row), whether the set generates them or reads them. */
#ifndef FM_HOST_DATA_H
#define FM_HOST_DATA_H

#include "base/arena.h"
#include <fmrun/plugin.h>
#include <fmrun/services.h>

/* Services for a plugin (fmrun/services.h); memory comes from arena.  NULL: no memory is given. */
struct fm_services fm_services_make(struct fm_arena *arena);

/* A part of a set: all rows, or n of them. */
struct fm_data_part {
    size_t n; /* 0: all rows, which a generated set has without end */
    /* Of a generated set, drawn once: [n][dim], and [n] where the set has labels. */
    double *own;
    uint32_t *own_labels;
    /* Of a finite set: places first .. first + n - 1 of the order in which the seed shuffles it. */
    size_t first;
    uint64_t seed;
};

struct fm_data {
    const struct fm_dataset_ops *ops;
    const void *options;
    struct fm_dataset set;
    bool is_shape; /* opened for its shape alone: it has no rows */
    struct fm_data_part part;
};

/* Opens the set.  dim: the dimension wanted, 0 for the set's own.  shape_only: no rows will be read,
 * so a set that reads a file need not load it.  Memory comes from arena.  Statuses: the set's own;
 * FM_ERROR_PLUGIN: it breaks its contract; FM_ERROR_CONFIG: its dimension is not the one wanted. */
FM_MUST_USE enum fm_status fm_data_open(struct fm_arena *arena,
                                        const struct fm_plugin *plugin, const void *options,
                                        size_t dim, bool shape_only, struct fm_data *data,
                                        struct fm_error *err);

/* Takes rows first .. first + n - 1 of a whole of n_whole rows in the order that the seed gives.  So
 * parts of one seed and whole share no row if their places don't overlap.  The whole is a finite
 * set, n_whole its size, or n_whole rows of a generated set, whose part is drawn into arena.
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_data_take(struct fm_arena *arena, const struct fm_data *set,
                                        uint64_t seed, size_t n_whole, size_t first,
                                        size_t n, struct fm_data *part,
                                        struct fm_error *err);

/* Whether the set knows log p with its options.  With some options (noise 0) log p may not exist: that
 * is found out by drawing a row, if the set is generated and was not opened for its shape alone. */
bool fm_data_has_density(struct fm_arena *arena, const struct fm_data *data);

/* Number of rows; 0: without end. */
size_t fm_data_n_rows(const struct fm_data *data);

/* Rows first_row .. first_row + n - 1 of the step's batch of rows_per_step: x: [n][dim].
 * A generated set draws them; of a finite one, the batches of steps 0, 1, ... go through all
 * rows in a shuffled order, then again in another, so a row is a function of (stream, step,
 * row) alone.  Allocates nothing; safe from several threads. */
void fm_data_rows(const struct fm_data *data, struct fm_stream stream, size_t rows_per_step,
                  size_t first_row, size_t n, double *x);
/* The labels of these rows, [n].  The set must have labels. */
void fm_data_labels(const struct fm_data *data, struct fm_stream stream,
                    size_t rows_per_step, size_t first_row, size_t n, uint32_t *labels);

/* The image of i < n in the permutation of n places that (seed, stream, step) gives: an 8-round
 * Feistel network with Philox as its round function, repeated until the result is below n.
 * Source: Black and Rogaway 2002, "Ciphers with arbitrary finite domains", method 2. */
size_t fm_shuffle(struct fm_stream name, size_t n, size_t i);

#endif
