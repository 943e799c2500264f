/* Labels of a model: closed forms for each label, checks, and the labels that samplings
 * get. */
#ifndef FM_RUN_MODEL_LABELS_H
#define FM_RUN_MODEL_LABELS_H

#include "run/model.h"

/* Puts the component's place in the config before err's message, unless status is FM_OK.
 * Returns status. */
FM_MUST_USE enum fm_status
fm_model_blame(enum fm_status status, const struct fm_component *c, struct fm_error *err);

/* Prepares the closed form c for the problem. */
FM_MUST_USE enum fm_status fm_model_prepare(const struct fm_component *c,
                                            const struct fm_services *services,
                                            const struct fm_problem *problem,
                                            struct fm_closed_form *form,
                                            struct fm_error *err);

/* Prepares velocity->given: the closed form c for each label, with the rows of that label
 * as data. */
FM_MUST_USE enum fm_status
fm_model_open_given(struct fm_arena *arena, const struct fm_model *model,
                    const struct fm_component *c, const struct fm_services *services,
                    struct fm_velocity *velocity, struct fm_error *err);

/* Checks that the data have labels when the network takes them, and that options about
 * labels have an effect.  FM_ERROR_CONFIG. */
FM_MUST_USE enum fm_status fm_model_check_labels(const struct fm_model *model,
                                                 const struct fm_experiment *e,
                                                 struct fm_error *err);

/* Whether the velocity takes labels. */
bool fm_model_has_labels(const struct fm_model *model);
/* The labels of the samples, [n], if it does: those of sample.labels, or drawn as the
 * data's. */
void fm_model_sample_labels(const struct fm_model *model,
                            const struct fm_sample_options *options, uint64_t seed,
                            size_t n, uint32_t *labels);
/* What the velocity, or the exact one, needs to know about rows.  labels: [n]; NULL:
 * none. */
struct fm_guidance fm_model_guidance(const struct fm_model *model, const uint32_t *labels,
                                     double weight);

#endif
