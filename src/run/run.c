#include <config.h>

#include "run/run.h"

#include "base/error.h"
#include "base/parallel.h"
#include "run/prepare.h"
#include "run/scheduler.h"
#include "run/stop.h"
#include "store/record_sweep.h"
#include "store/store.h"

static void count_runs(const struct fm_session *s, struct fm_run_outcome *outcome)
{
    for (size_t i = 0; i < s->plan->n_runs; i++)
        outcome->n_done_before += s->tasks[i].is_done;
    outcome->n_not_done = s->plan->n_runs - outcome->n_done_before;
}

static enum fm_status run_session(struct fm_session *s, struct fm_run_outcome *outcome,
                                  struct fm_error *err)
{
    FM_TRY(fm_session_prepare(s, err));
    outcome->sweep_id = s->sweep_id;
    count_runs(s, outcome);
    if (outcome->n_not_done == 0)
        return FM_OK;
    struct fm_progress_row *rows = FM_NEW(&s->arena, s->n_workers, struct fm_progress_row);
    if (!rows)
        return fm_out_of_memory(err);
    fm_progress_init(&s->progress, s->options->is_quiet, s->n_workers, rows);
    fm_progress_line(&s->progress,
                     "%s: %zu of %zu run%s to do, %zu at a time, %zu thread%s each",
                     s->plan->name, outcome->n_not_done, s->plan->n_runs,
                     s->plan->n_runs == 1 ? "" : "s", s->n_workers, s->n_threads,
                     s->n_threads == 1 ? "" : "s");
    enum fm_status status = s->options->in_process ? fm_schedule_in_process(s, err)
                                                   : fm_schedule_workers(s, err);
    fm_progress_clear(&s->progress);
    return status;
}

enum fm_status fm_run(const struct fm_plan *plan, const struct fm_run_options *options,
                      struct fm_run_outcome *outcome, int *signal_number,
                      struct fm_error *err)
{
    struct fm_session s = {.plan = plan, .options = options};
    double start = fm_seconds();
    size_t n_processors = fm_n_processors();
    s.n_workers = options->in_process || options->n_jobs == 0 ? 1 : options->n_jobs;
    if (s.n_workers > plan->n_runs)
        s.n_workers = plan->n_runs;
    s.n_threads = options->n_threads ? options->n_threads : n_processors / s.n_workers;
    if (s.n_threads == 0)
        s.n_threads = 1;
    *outcome = (struct fm_run_outcome){0};
    enum fm_status status = fm_store_open(&s.store, options->db, err);
    if (status == FM_OK) {
        fm_stop_catch();
        status = run_session(&s, outcome, err);
        if (status == FM_OK && fm_stop_signal() != 0)
            status =
                fm_fail(err, FM_INTERRUPTED,
                        "interrupted; everything is saved, and the same command goes on");
        int exit_code = status == FM_OK ? (int)s.has_failures : fm_status_exit_code(status);
        struct fm_error unheard;
        if (s.process_id > 0)
            (void)!fm_store_finish_process(s.store, s.process_id, exit_code, &unheard);
        fm_stop_release();
    }
    fm_store_close(s.store);
    *signal_number = fm_stop_signal();
    outcome->has_failures = s.has_failures;
    outcome->n_done_now = s.n_done;
    outcome->n_not_done -= s.n_done < outcome->n_not_done ? s.n_done : outcome->n_not_done;
    outcome->seconds = fm_seconds() - start;
    fm_arena_fini(&s.arena);
    return status;
}
