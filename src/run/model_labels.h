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

#endif
