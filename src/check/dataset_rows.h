/* Whether rows are the same for any order of access, within bounds, finite, and a function of
 * their stream. */
#ifndef FM_CHECK_DATASET_ROWS_H
#define FM_CHECK_DATASET_ROWS_H

#include "check/dataset_subject.h"

/* "same rows"; false: calls differ, and nothing else can be measured. */
FM_MUST_USE enum fm_status fm_check_dataset_bits(const struct fm_dataset_subject *s,
                                                 bool *is_same, struct fm_error *err);
/* "bounds"; false: it writes out of bounds, and nothing else can be measured. */
FM_MUST_USE enum fm_status fm_check_dataset_bounds(const struct fm_dataset_subject *s,
                                                   bool *are_kept, struct fm_error *err);
/* "finite", "streams" */
FM_MUST_USE enum fm_status fm_check_dataset_values(const struct fm_dataset_subject *s,
                                                   bool *are_finite, struct fm_error *err);

#endif
