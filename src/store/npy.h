/* Arrays in NumPy's .npy format (1.0): samples, trajectories, references.  They load with
 * numpy.load.  Source:
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#ifndef FM_STORE_NPY_H
#define FM_STORE_NPY_H

#include "base/arena.h"
#include <fmrun/status.h>
#include <stddef.h>

enum { FM_NPY_MAX_DIMS = 8 };

enum fm_npy_type { FM_NPY_F32, FM_NPY_F64 }; /* '<f4', '<f8' */

struct fm_npy {
    enum fm_npy_type type;
    size_t n_dims; /* 0: a single number */
    size_t shape[FM_NPY_MAX_DIMS];
    const void *data; /* product of shape elements, row-major ("C order"); borrowed */
};

/* Writes path atomically (temporary file, fsync, rename).  FM_ERROR_IO, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_npy_write(const char *path, const struct fm_npy *array,
                                        struct fm_error *err);
/* Writes [n][dim] doubles as '<f8'. */
FM_MUST_USE enum fm_status fm_npy_write_rows(const char *path, size_t n, size_t dim,
                                             const double *rows, struct fm_error *err);

/* Reads path into arena; the data are aligned.  FM_ERROR_NO_INPUT: it is missing.  FM_ERROR_IO: it is
 * not a .npy file, damaged, or has another type or order; the message says which. */
FM_MUST_USE enum fm_status fm_npy_read(struct fm_arena *arena, const char *path,
                                       struct fm_npy *array, struct fm_error *err);

#endif
