/* The mass of a density around some rows, in more than FM_INTEGRAL_MAX_DIM dimensions. */
#ifndef FM_CHECK_DATASET_MASS_H
#define FM_CHECK_DATASET_MASS_H

#include "check/dataset_subject.h"

/* "rows by density" */
FM_MUST_USE enum fm_status fm_check_dataset_mass(const struct fm_dataset_subject *s,
                                                 struct fm_error *err);

#endif
