/* The parts of opening a model that concern labels. */
#ifndef FM_RUN_MODEL_LABELS_H
#define FM_RUN_MODEL_LABELS_H

#include "run/model.h"

/* Errors of plugins get the place in the config that asked for them. */
FM_MUST_USE enum fm_status
fm_model_blame(enum fm_status status, const struct fm_component *c, struct fm_error *err);

/* Prepares the closed form c for the problem. */
FM_MUST_USE enum fm_status fm_model_prepare(const struct fm_component *c,
                                            const struct fm_services *services,
                                            const struct fm_problem *problem,
                                            struct fm_closed_form *form,
                                            struct fm_error *err);

/* Prepares velocity->given: the closed form c for the rows of each label alone. */
FM_MUST_USE enum fm_status
fm_model_open_given(struct fm_arena *arena, const struct fm_model *model,
                    const struct fm_component *c, const struct fm_services *services,
                    struct fm_velocity *velocity, struct fm_error *err);

/* Whether those who ask for labels get some, and options that need them have an effect. */
FM_MUST_USE enum fm_status fm_model_check_labels(const struct fm_model *model,
                                                 const struct fm_experiment *e,
                                                 struct fm_error *err);

/* Whether sampling needs labels. */
bool fm_model_has_labels(const struct fm_model *model);
/* The labels of the samples, [n], where it does: the option's, or drawn as those of data are. */
void fm_model_sample_labels(const struct fm_model *model,
                            const struct fm_sample_options *options, uint64_t seed,
                            size_t n, uint32_t *labels);
/* What the velocity of the model, or the exact one, is told of n rows.  labels may be NULL where
 * there are none. */
struct fm_guidance fm_model_guidance(const struct fm_model *model, const uint32_t *labels,
                                     double weight);

#endif
