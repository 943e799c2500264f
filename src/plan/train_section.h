/* The sections `split` and `train`.  Functions of rows in plan/part.c. */
#ifndef FM_PLAN_TRAIN_SECTION_H
#define FM_PLAN_TRAIN_SECTION_H

#include "plan/part.h"

/* split: keeps its node, which later sections blame in errors. */
FM_MUST_USE enum fm_status fm_split_read(const struct fm_reading *reading,
                                         const struct fm_part *part,
                                         const struct fm_yaml *node, struct fm_error *err);
/* train: refuses options without effect and what the network, path or coupling rules out. */
FM_MUST_USE enum fm_status fm_train_read(const struct fm_reading *reading,
                                         const struct fm_part *part,
                                         const struct fm_yaml *node, struct fm_error *err);
/* Appends to the key what decides the weights but does not enter by an option's own value. */
FM_MUST_USE enum fm_status fm_train_add_to_key(struct fm_text *text,
                                               const struct fm_experiment *e,
                                               unsigned references, struct fm_error *err);

#endif
