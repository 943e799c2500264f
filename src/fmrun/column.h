/* Standardisation of a column of numbers, for data sets that read files. */
#ifndef FM_FMRUN_COLUMN_H
#define FM_FMRUN_COLUMN_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* sqrt(FLT_MAX): beyond this the square of a number is no float, as losses are. */
static const double fm_column_most = 1.85e19;

/* shift: the mean of n > 0 finite numbers, scale: their standard deviation (divisor n); number:
 * the one of that row and column.  False: they are all the same, or too far apart to be squared;
 * then shift and scale are not set. */
static inline bool fm_column_scale(const void *table,
                                   double (*number)(const void *table, size_t row,
                                                    size_t column),
                                   size_t n, size_t column, double *shift, double *scale)
{
    double mean = 0, rest = 0, square = 0, first = number(table, 0, column);
    bool is_constant = true;
    for (size_t i = 0; i < n; i++) {
        const double value = number(table, i, column);
        is_constant = is_constant && value == first;
        mean += (value - mean) / (double)(i + 1);
    }
    for (size_t i = 0; i < n; i++) { /* what rounding has left out */
        const double z = number(table, i, column) - mean;
        rest += z;
        square += z * z;
    }
    rest /= (double)n;
    const double variance = square / (double)n - rest * rest;
    if (is_constant || !(variance > 0) || !isfinite(variance))
        return false;
    *shift = mean + rest;
    *scale = sqrt(variance);
    return true;
}

#endif
