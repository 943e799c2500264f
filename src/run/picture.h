/* Pictures of samples, as images for store/image.h. */
#ifndef FM_RUN_PICTURE_H
#define FM_RUN_PICTURE_H

#include "base/arena.h"
#include <fmrun/dataset.h>

enum { FM_PICTURE_SIDE = 256 };

/* Rows of height * width * channels numbers -> [n][channels][height][width], as a grid of
 * images wants them.  In arena; NULL when memory is out. */
double *fm_picture_planes(struct fm_arena *arena, const struct fm_dataset *set, size_t n,
                          const double *rows);

/* Two images of FM_PICTURE_SIDE squared: where rows of the plane are dense, data on the left
 * and samples on the right, in the same frame (that of the data and a tenth around it).
 * Brightness goes with the square root of the count, from -1 (none) to 1 (the densest cell
 * of the data).  data, samples: [n][2].  In arena; NULL when memory is out. */
double *fm_picture_densities(struct fm_arena *arena, size_t n, const double *data,
                             const double *samples);

#endif
