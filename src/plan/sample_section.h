/* The section `sample` and the parts inside it.  Functions of rows in plan/part.c. */
#ifndef FM_PLAN_SAMPLE_SECTION_H
#define FM_PLAN_SAMPLE_SECTION_H

#include "plan/part.h"

/* sample: which weights are sampled. */
FM_MUST_USE enum fm_status fm_sample_read(const struct fm_reading *reading,
                                          const struct fm_part *part,
                                          const struct fm_yaml *node, struct fm_error *err);
/* sample.keep: a list out of x0, x1, trajectory. */
FM_MUST_USE enum fm_status fm_keep_read(const struct fm_reading *reading,
                                        const struct fm_part *part,
                                        const struct fm_yaml *node, struct fm_error *err);
FM_MUST_USE enum fm_status fm_keep_add_to_key(struct fm_text *text,
                                              const struct fm_experiment *e,
                                              unsigned references, struct fm_error *err);
/* sample.path: an affine path to sample along, if it differs from the training path; the training
 * path must be affine, too. */
FM_MUST_USE enum fm_status fm_sample_path_read(const struct fm_reading *reading,
                                               const struct fm_part *part,
                                               const struct fm_yaml *node,
                                               struct fm_error *err);
/* sample.exact: a closed form. */
FM_MUST_USE enum fm_status fm_exact_read(const struct fm_reading *reading,
                                         const struct fm_part *part,
                                         const struct fm_yaml *node, struct fm_error *err);
/* sample.reference: a solver that controls its step; tolerances of 0 get their values. */
FM_MUST_USE enum fm_status fm_reference_read(const struct fm_reading *reading,
                                             const struct fm_part *part,
                                             const struct fm_yaml *node,
                                             struct fm_error *err);
FM_MUST_USE enum fm_status fm_reference_add_to_key(struct fm_text *text,
                                                   const struct fm_experiment *e,
                                                   unsigned references,
                                                   struct fm_error *err);

#endif
