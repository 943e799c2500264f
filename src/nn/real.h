/* The number type of the compute engine: float, or double in the build that checks gradients
 * (the same sources compiled with FM_REAL_DOUBLE). */
#ifndef FM_NN_REAL_H
#define FM_NN_REAL_H

#include <stddef.h>

#ifdef FM_REAL_DOUBLE
typedef double fm_real;
#else
typedef float fm_real;
#endif

/* Matrices are padded to whole panels of this many columns.  The padding of weights and gradients
 * is zero and stays zero. */
enum { FM_PANEL = 16 };

static inline size_t fm_n_panels(size_t width)
{
    return (width + FM_PANEL - 1) / FM_PANEL;
}

static inline size_t fm_padded(size_t width)
{
    return fm_n_panels(width) * FM_PANEL;
}

#endif
