/* fmrun config check FILE, fmrun config resolve FILE */
#include <config.h>

#include "cli/cli.h"
#include "cli/read_plan.h"

#include <string.h>

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
    FM_TRY(fm_cli_read_plan(cli, 1, is_check ? FM_PLAN_WHOLE_MODELS : FM_PLAN_NO_MODELS,
                            &registry, &plan, err));
    if (!is_check) {
        (void)fputs(plan.resolved, stdout);
        return FM_OK;
    }
    (void)printf("%s is fine: %zu run%s\n", plan.file, plan.n_runs,
                 plan.n_runs == 1 ? "" : "s");
    return FM_OK;
}
