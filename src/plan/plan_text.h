/* The texts of a plan that the database keeps with its keys. */
#ifndef FM_PLAN_PLAN_TEXT_H
#define FM_PLAN_PLAN_TEXT_H

#include "plan/plan.h"

/* The question a config answers: its first comment, without "#", without "Question: ", and without
 * a line that names the file; "" without a comment.  NULL when memory is out. */
const char *fm_plan_question(struct fm_arena *arena, const char *text);

/* Adds the n overrides to plan->text, a comment each, and makes plan->origin.  plan->file and
 * plan->text are set.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_plan_note_overrides(struct fm_arena *arena,
                                                  struct fm_plan *plan, size_t n,
                                                  const char *const *overrides,
                                                  struct fm_error *err);

/* Makes plan->resolved.  With a sweep that is root, the config, plus the defaults that all points
 * share; defaults that depend on a point's plugins are left out.  FM_ERROR_CONFIG,
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_plan_write_resolved(struct fm_arena *arena,
                                                  const struct fm_yaml *root,
                                                  struct fm_plan *plan,
                                                  struct fm_error *err);

#endif
