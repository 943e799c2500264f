/* The integral of a density, cell by cell, compared with the number of rows in each cell. */
#ifndef FM_CHECK_DATASET_INTEGRAL_H
#define FM_CHECK_DATASET_INTEGRAL_H

#include "check/dataset_subject.h"

enum { FM_INTEGRAL_MAX_DIM = 3 };
/* "integral", "rows by density"; of a set without a closed form also "moments". */
FM_MUST_USE enum fm_status fm_check_dataset_integral(const struct fm_dataset_subject *s,
                                                     struct fm_error *err);

#endif
