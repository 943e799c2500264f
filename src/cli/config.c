/* fmrun config check FILE, fmrun config resolve FILE */
#include <config.h>

#include "cli/cli.h"
#include "run/model.h"

#include <string.h>

/* Beyond reading: data files open, dimensions agree, networks compile. */
static enum fm_status check_models(const struct fm_plan *plan, struct fm_error *err)
{
    for (size_t i = 0; i < plan->n_points; i++) {
        struct fm_arena arena = {0};
        struct fm_model model;
        enum fm_status status =
            fm_model_open(&arena, &plan->points[i].experiment, false, &model, err);
        fm_arena_fini(&arena);
        FM_TRY(status);
    }
    return FM_OK;
}

enum fm_status fm_cli_config(struct fm_cli *cli, struct fm_error *err)
{
    static const char *const actions[] = {"check", "resolve", NULL};
    const char *action = cli->arguments[0];
    struct fm_registry registry;
    struct fm_plan plan;
    bool is_check = strcmp(action, "check") == 0;
    if (!is_check && strcmp(action, "resolve") != 0) {
        const char *nearest = fm_nearest(action, actions, (size_t)-1);
        return fm_fail(err, FM_ERROR_USAGE, "fmrun config can check or resolve%s%s%s",
                       nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                       nearest ? "\"?" : "");
    }
    FM_TRY(fm_cli_read_plan(cli, 1, &registry, &plan, err));
    if (!is_check) {
        (void)fputs(plan.resolved, stdout);
        return FM_OK;
    }
    FM_TRY(check_models(&plan, err));
    (void)printf("%s is fine: %zu run%s\n", plan.file, plan.n_runs,
                 plan.n_runs == 1 ? "" : "s");
    return FM_OK;
}
