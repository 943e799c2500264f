/* The log density of a data set, its score and its entropy. */
#ifndef FM_CHECK_DATASET_DENSITY_H
#define FM_CHECK_DATASET_DENSITY_H

#include "check/dataset_subject.h"

/* Sets has_density: log p at one row is not NaN. */
FM_MUST_USE enum fm_status fm_dataset_find_density(struct fm_dataset_subject *s,
                                                   struct fm_error *err);
/* "density"; false: there is none, or it is wrong, and the rest can't be measured. */
FM_MUST_USE enum fm_status fm_check_dataset_density(const struct fm_dataset_subject *s,
                                                    bool *is_density, struct fm_error *err);
/* "score" */
FM_MUST_USE enum fm_status fm_check_dataset_score(const struct fm_dataset_subject *s,
                                                  struct fm_error *err);
/* "entropy" */
FM_MUST_USE enum fm_status fm_check_dataset_entropy(const struct fm_dataset_subject *s,
                                                    struct fm_error *err);

#endif
