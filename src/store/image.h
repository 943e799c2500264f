/* Pictures of samples: a grid of images as one 8-bit PNG. */
#ifndef FM_STORE_IMAGE_H
#define FM_STORE_IMAGE_H

#include <fmrun/status.h>
#include <stddef.h>

struct fm_image_grid {
    size_t n;             /* images, at least 1 */
    size_t n_channels;    /* 1: gray, 3: RGB */
    size_t height, width; /* of one image */
    size_t n_columns;     /* of the grid; 0: ceil(sqrt(n)) */
    double low, high;     /* become 0 and 255; other values are clamped, NaN becomes 0 */
    const double *images; /* [n][n_channels][height][width] */
};

/* Writes path atomically.  Images go left to right, then down, with one black pixel between
 * neighbours; empty places are black.  A value v becomes round(255 (v - low) / (high -
 * low)). FM_ERROR_IO, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status
fm_image_write(const char *path, const struct fm_image_grid *grid, struct fm_error *err);

#endif
