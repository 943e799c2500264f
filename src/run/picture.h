/* Pictures of samples, as images for store/image.h. */
#ifndef FM_RUN_PICTURE_H
#define FM_RUN_PICTURE_H

#include "base/arena.h"
#include <fmrun/dataset.h>

enum { FM_PICTURE_SIDE = 256 };

/* Rows, [n][height][width][channels], as a grid of images needs them:
 * [n][channels][height][width].  In arena; NULL when memory is out. */
double *fm_picture_planes(struct fm_arena *arena, const struct fm_dataset *set, size_t n,
                          const double *rows);

/* Two images of FM_PICTURE_SIDE squared: histograms of rows in the plane, the data's on the
 * left and the samples' on the right, in the same frame (the data's range and a tenth
 * around it).  Brightness is linear in the square root of the count, from -1 (none) to 1
 * (the densest cell of the data).  data, samples: [n][2].  In arena; NULL when memory is
 * out. */
double *fm_picture_densities(struct fm_arena *arena, size_t n, const double *data,
                             const double *samples);

#endif
