/* Moments and labels of rows, compared with the set's closed form or its standardisation. */
#ifndef FM_CHECK_DATASET_MOMENTS_H
#define FM_CHECK_DATASET_MOMENTS_H

#include "check/dataset_subject.h"

/* "moments" */
FM_MUST_USE enum fm_status fm_check_dataset_moments(const struct fm_dataset_subject *s,
                                                    struct fm_error *err);
/* "labels" */
FM_MUST_USE enum fm_status fm_check_dataset_labels(const struct fm_dataset_subject *s,
                                                   struct fm_error *err);

#endif
