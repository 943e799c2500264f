/* How a data set opens, and what its options change. */
#ifndef FM_CHECK_DATASET_OPENING_H
#define FM_CHECK_DATASET_OPENING_H

#include "check/dataset_subject.h"

/* Opens the subject with its own dimension, or with 2 where it has none.  Returns the set's own
 * errors. */
FM_MUST_USE enum fm_status fm_dataset_open(struct fm_dataset_subject *s,
                                           struct fm_error *err);
/* "opening"; false: nothing else can be measured. */
bool fm_check_dataset_opening(const struct fm_dataset_subject *s);
/* "options" */
FM_MUST_USE enum fm_status fm_check_dataset_options(const struct fm_dataset_subject *s,
                                                    struct fm_error *err);

#endif
