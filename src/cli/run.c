/* fmrun [run] CONFIG */
#include <config.h>

#include "cli/cli.h"
#include "cli/read_plan.h"
#include "commit.h"
#include "report/compare.h"
#include "run/run.h"

#include <stdio.h>

enum fm_status fm_cli_run(struct fm_cli *cli, struct fm_error *err)
{
    struct fm_registry registry;
    struct fm_plan plan;
    struct fm_run_outcome outcome;
    FM_TRY(fm_cli_read_plan(cli, 0, FM_PLAN_MODEL_SHAPES, &registry, &plan, err));
    if (!cli->is_quiet)
        fm_cli_print_tableaus(&plan);
    const struct fm_run_options options = {
        .db = cli->db,
        .n_jobs = cli->n_jobs,
        .n_threads = cli->n_threads,
        .in_process = cli->in_process,
        .is_quiet = cli->is_quiet,
        .must_retry = cli->must_retry,
        .command_line = cli->command_line,
        .git_commit = FM_COMMIT,
    };
    FM_TRY(fm_run(&plan, &options, &outcome, &cli->signal_number, err));
    cli->has_failures = outcome.has_failures;
    struct fm_store *store;
    FM_TRY(fm_store_open_read(&store, cli->db, err));
    enum fm_status status =
        fm_report_compare(store, outcome.sweep_id, cli->as_json, stdout, err);
    fm_store_close(store);
    if (!cli->is_quiet) {
        struct fm_text time = {0};
        fm_text_add_duration(&time, outcome.seconds);
        (void)fprintf(stderr, "fmrun: %s: %zu run%s done before, %zu now", plan.name,
                      outcome.n_done_before, outcome.n_done_before == 1 ? "" : "s",
                      outcome.n_done_now);
        if (outcome.n_not_done)
            (void)fprintf(stderr, ", %zu not done", outcome.n_not_done);
        (void)fprintf(stderr, ", in %s; %s\n", fm_text_bytes(&time), cli->db);
        if (outcome.has_failures)
            (void)fprintf(
                stderr, "fmrun: something failed; for the reasons: fmrun show %s --db %s\n",
                plan.name, cli->db);
        fm_text_fini(&time);
    }
    return status;
}
