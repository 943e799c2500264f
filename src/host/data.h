/* An open data set: rows by (stream, row), whether the set generates them or reads them. */
#ifndef FM_HOST_DATA_H
#define FM_HOST_DATA_H

#include "base/arena.h"
#include <fmrun/plugin.h>
#include <fmrun/services.h>

/* Memory and algorithms for a plugin (fmrun/services.h), from arena; NULL: there is no memory. */
struct fm_services fm_services_make(struct fm_arena *arena);

/* Which rows of a set are meant: all, or n of them. */
struct fm_data_part {
    size_t n;             /* 0: all, of a generated set without end */
    double *own;          /* [n][dim]: of a generated set, drawn once */
    uint32_t *own_labels; /* [n], where the set has labels */
    size_t first; /* these places in the order that the seed shuffles the whole to */
    uint64_t seed;
};

struct fm_data {
    const struct fm_dataset_ops *ops;
    const void *options;
    struct fm_dataset set;
    bool is_shape; /* opened for its shape alone: no row may be asked for */
    struct fm_data_part part;
};

/* Opens the set.  dim: the dimension wanted, 0 for the set's own.  shape_only: rows will not
 * be asked for, so a set that reads a file need not load it.  Memory comes from arena and
 * lives as long.  The set's own errors; FM_ERROR_PLUGIN when it breaks its contract;
 * FM_ERROR_CONFIG when it has another dimension than wanted. */
FM_MUST_USE enum fm_status fm_data_open(struct fm_arena *arena,
                                        const struct fm_plugin *plugin, const void *options,
                                        size_t dim, bool shape_only, struct fm_data *data,
                                        struct fm_error *err);

/* Of a whole of n_whole rows, shuffled to an order that the seed gives, rows first ..
 * first + n - 1: parts of the same seed and whole have no row in common.  A finite set is that
 * whole, and n_whole is its size; of a generated one it is n_whole rows, and the part's are
 * drawn into arena.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_data_take(struct fm_arena *arena, const struct fm_data *set,
                                        uint64_t seed, size_t n_whole, size_t first,
                                        size_t n, struct fm_data *part,
                                        struct fm_error *err);

/* Whether the set knows log p with its options, as far as can be told: a set may have none
 * with some of them (noise 0), which a row tells, where one may be drawn. */
bool fm_data_has_density(struct fm_arena *arena, const struct fm_data *data);

/* How many rows there are; 0: without end. */
size_t fm_data_n_rows(const struct fm_data *data);

/* Rows first_row .. first_row + n - 1 of the step's batch of rows_per_step: x: [n][dim].
 * A generated set draws them; of a finite one, the batches of steps 0, 1, ... go through all
 * rows in a shuffled order, then again in another, so a row is a function of (stream, step,
 * row) alone.  Allocates nothing; safe from several threads. */
void fm_data_rows(const struct fm_data *data, struct fm_stream stream, size_t rows_per_step,
                  size_t first_row, size_t n, double *x);
/* The labels of these rows, [n], of a set that has some. */
void fm_data_labels(const struct fm_data *data, struct fm_stream stream,
                    size_t rows_per_step, size_t first_row, size_t n, uint32_t *labels);

/* Place i of n in the permutation named by (seed, stream, step): an 8-round Feistel network
 * with Philox as its round function, walked until it falls below n.
 * Source: Black and Rogaway 2002, "Ciphers with arbitrary finite domains", method 2. */
size_t fm_shuffle(struct fm_stream name, size_t n, size_t i);

#endif
