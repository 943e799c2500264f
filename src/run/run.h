/* `fmrun CONFIG`: does what the plan asks for, except what the database has already. */
#ifndef FM_RUN_RUN_H
#define FM_RUN_RUN_H

#include "plan/plan.h"

struct fm_run_options {
    const char *db;
    size_t n_jobs;    /* runs at a time; 0: one */
    size_t n_threads; /* per run; 0: processors / jobs */
    bool in_process;  /* without child processes, for debuggers */
    bool is_quiet;    /* no progress */
    bool must_retry;  /* also try again runs and samplings that diverged */
    const char *command_line, *git_commit;
};

struct fm_run_outcome {
    int64_t sweep_id;
    size_t n_done_before, n_done_now, n_not_done; /* runs */
    bool has_failures;                            /* a run or sampling failed or diverged */
    double seconds;
};

/* Runs the plan to its end.  Returns FM_OK even if runs fail: see outcome.  FM_INTERRUPTED
 * after SIGINT, SIGTERM or SIGHUP, with everything saved and the signal in *signal_number.
 * FM_ERROR_IO when the database can't be written; then the workers are stopped. */
FM_MUST_USE enum fm_status fm_run(const struct fm_plan *plan,
                                  const struct fm_run_options *options,
                                  struct fm_run_outcome *outcome, int *signal_number,
                                  struct fm_error *err);

#endif
