/* fmrun run CONFIG, fmrun plan CONFIG */
#include <config.h>

#include "base/log.h"
#include "base/parallel.h"
#include "cli/cli.h"
#include "commit.h"
#include "report/compare.h"
#include "run/plan_state.h"
#include "run/run.h"

#include <stdio.h>
#include <string.h>

enum fm_status fm_cli_read_plan(struct fm_cli *cli, size_t first,
                                enum fm_plan_models models, struct fm_registry *registry,
                                struct fm_plan *plan, struct fm_error *err)
{
    const struct fm_plan_request request = {
        .path = cli->arguments[first],
        .n_overrides = cli->n_arguments - first - 1,
        .overrides = cli->arguments + first + 1,
        .models = models,
        .seconds = cli->timeout,
        .in_process = cli->in_process,
    };
    FM_TRY(fm_registry_init(registry, cli->arena, cli->plugin_path, err));
    return fm_plan_read_checked(cli->arena, registry, &request, plan, err);
}

/* What the conditions of order say of tableaus that stand in the config. */
static void tell_tableaus(const struct fm_plan *plan)
{
    for (size_t p = 0; p < plan->n_points; p++)
        for (size_t i = 0; i < plan->points[p].experiment.n_methods; i++) {
            const struct fm_method *m = &plan->points[p].experiment.methods[i];
            bool is_told = !m->ready.found;
            for (size_t q = 0; q <= p && !is_told; q++)
                for (size_t j = 0;
                     j < (q < p ? plan->points[q].experiment.n_methods : i) && !is_told;
                     j++) {
                    const struct fm_method *o = &plan->points[q].experiment.methods[j];
                    is_told = o->ready.found && strcmp(o->label, m->label) == 0
                              && strcmp(o->ready.found, m->ready.found) == 0;
                }
            if (!is_told)
                (void)fprintf(stderr, "fmrun: solver %s: %s\n", m->label, m->ready.found);
        }
}

enum fm_status fm_cli_run(struct fm_cli *cli, struct fm_error *err)
{
    struct fm_registry registry;
    struct fm_plan plan;
    struct fm_run_outcome outcome;
    FM_TRY(fm_cli_read_plan(cli, 0, FM_PLAN_MODEL_SHAPES, &registry, &plan, err));
    if (!cli->is_quiet)
        tell_tableaus(&plan);
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
            (void)fprintf(stderr,
                          "fmrun: something failed: fmrun show %s --db %s says why\n",
                          plan.name, cli->db);
        fm_text_fini(&time);
    }
    return status;
}

static void print_estimate(const struct fm_plan_state *state)
{
    struct fm_text time = {0};
    fm_text_add_duration(&time, state->seconds_left);
    if (state->is_done)
        (void)printf("nothing is left to do\n");
    else
        (void)printf("about %s to go (%s; metrics come on top)\n", fm_text_bytes(&time),
                     state->is_measured ? "from the speed of earlier runs here"
                                        : "a guess: nothing was run here yet");
    fm_text_fini(&time);
}

enum fm_status fm_cli_plan(struct fm_cli *cli, struct fm_error *err)
{
    struct fm_registry registry;
    struct fm_plan plan;
    struct fm_plan_state state;
    struct fm_store *store = NULL;
    FM_TRY(fm_cli_read_plan(cli, 0, FM_PLAN_MODEL_SHAPES, &registry, &plan, err));
    if (fm_file_exists(cli->db))
        FM_TRY(fm_store_open_read(&store, cli->db, err));
    size_t n_jobs = cli->n_jobs ? cli->n_jobs : 1;
    size_t n_threads = cli->n_threads ? cli->n_threads : fm_n_processors() / n_jobs;
    enum fm_status status = fm_plan_state_read(&plan, store, n_threads ? n_threads : 1,
                                               cli->must_retry, &state, err);
    fm_store_close(store);
    FM_TRY(status);
    (void)printf("%s", plan.name);
    if (plan.question[0])
        (void)printf(": %s", plan.question);
    (void)printf("\n%zu run%s (%zu point%s of the sweep, %zu seed%s), %zu done\n"
                 "%zu sampling%s, %zu done\n",
                 plan.n_runs, plan.n_runs == 1 ? "" : "s", plan.n_points,
                 plan.n_points == 1 ? "" : "s", plan.points[0].experiment.n_seeds,
                 plan.points[0].experiment.n_seeds == 1 ? "" : "s", state.n_runs_done,
                 state.n_samplings, state.n_samplings == 1 ? "" : "s",
                 state.n_samplings_done);
    print_estimate(&state);
    tell_tableaus(&plan);
    return FM_OK;
}
