/* One `fmrun CONFIG` under way. */
#ifndef FM_RUN_SESSION_H
#define FM_RUN_SESSION_H

#include "run/progress.h"
#include "run/run.h"
#include "run/task.h"

struct fm_session {
    const struct fm_plan *plan;
    const struct fm_run_options *options;
    struct fm_arena arena;
    struct fm_store *store;
    struct fm_progress progress;
    int64_t sweep_id, process_id;
    struct fm_task *tasks; /* [plan->n_runs] */
    size_t n_workers, n_threads;
    bool has_failures;          /* a run, sampling or metric failed or diverged */
    size_t n_done;              /* runs that this session finished */
    struct fm_rebuilt *rebuilt; /* plugins that have had a warning (provenance.c) */
};

#endif
