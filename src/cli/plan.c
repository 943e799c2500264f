/* fmrun plan CONFIG */
#include <config.h>

#include "base/file.h"
#include "base/parallel.h"
#include "cli/cli.h"
#include "cli/read_plan.h"
#include "run/plan_state.h"
#include "store/store.h"

#include <stdio.h>

static void print_estimate(const struct fm_plan_state *state)
{
    struct fm_text time = {0};
    fm_text_add_duration(&time, state->seconds_left);
    if (state->is_done)
        (void)printf("nothing is left to do\n");
    else
        (void)printf("about %s to go (%s; metrics come on top)\n", fm_text_bytes(&time),
                     state->is_measured ? "from the speed of earlier runs here"
                                        : "a guess: there are no earlier runs here");
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
    fm_cli_print_tableaus(&plan);
    return FM_OK;
}
