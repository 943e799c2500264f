/* Helpers for data sets in files: standardisation of a column of numbers. */
#ifndef FM_FMRUN_COLUMN_H
#define FM_FMRUN_COLUMN_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* sqrt(FLT_MAX): the square of a larger number overflows a float, and losses are floats. */
static const double fm_column_max = 1.85e19;

/* Sets *shift to the mean of n > 0 finite numbers, *scale to their standard deviation
 * (divisor n).  number: returns the one in that row and column of table.  False, and
 * nothing is set: all are equal, or their squares overflow. */
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
    for (size_t i = 0; i < n; i++) { /* what rounding lost */
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
