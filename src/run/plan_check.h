/* Reads the plan of a command.  A child process first makes all calls of plugins that
 * happen before a run begins: a plugin that hangs or crashes there is an error that names
 * it. */
#ifndef FM_RUN_PLAN_CHECK_H
#define FM_RUN_PLAN_CHECK_H

#include "plan/plan.h"

/* Which models the child opens, one for each point of the plan. */
enum fm_plan_models {
    FM_PLAN_NO_MODELS,
    FM_PLAN_MODEL_SHAPES, /* data files are looked at, and networks compiled */
    FM_PLAN_WHOLE_MODELS  /* data files are loaded, too */
};

struct fm_plan_request {
    const char *path; /* of the config */
    size_t n_overrides;
    const char *const *overrides;
    enum fm_plan_models models;
    double seconds;  /* how long one function of a plugin may take */
    bool in_process; /* no child, and so no limit: for debuggers */
};

/* Reads the plan as fm_plan_read does.  Also returns the first mistake that opening a model
 * shows: dimensions that differ, a file that is no data set, a network that can't be
 * compiled.  FM_ERROR_PLUGIN when a plugin takes too long, crashes or ends the process. */
FM_MUST_USE enum fm_status fm_plan_read_checked(struct fm_arena *arena,
                                                struct fm_registry *registry,
                                                const struct fm_plan_request *request,
                                                struct fm_plan *plan, struct fm_error *err);

#endif
