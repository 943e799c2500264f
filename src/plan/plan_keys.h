/* The keys of a plan: sha256 of canonical texts (plan/key_text.h). */
#ifndef FM_PLAN_PLAN_KEYS_H
#define FM_PLAN_PLAN_KEYS_H

#include "plan/plan.h"

/* Sets the samplings and metrics of a point from its experiment.  FM_ERROR_CONFIG when one occurs
 * twice; FM_ERROR_NO_INPUT, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_plan_key_point(struct fm_arena *arena, struct fm_point *point,
                                             struct fm_error *err);

/* Sets the plan's runs (each once, in the order of the points), the points' indices of them, and
 * the plan's own key.  The points' samplings and metrics must be set. */
FM_MUST_USE enum fm_status fm_plan_key_runs(struct fm_arena *arena, struct fm_plan *plan,
                                            struct fm_error *err);

#endif
