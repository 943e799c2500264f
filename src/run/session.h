/* One `fmrun CONFIG`: what prepare.c, receive.c and scheduler.c share. */
#ifndef FM_RUN_SESSION_H
#define FM_RUN_SESSION_H

#include "run/progress.h"
#include "run/record.h"
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
    size_t n_done;              /* runs that this session brought to their end */
    struct fm_rebuilt *rebuilt; /* plugins that were warned of (provenance.c) */
};

/* Writes sweep, runs, samplings, points, metrics and plugins, and finds what is left to do. */
FM_MUST_USE enum fm_status fm_session_prepare(struct fm_session *s, struct fm_error *err);

/* What is going on in one worker, from its records. */
struct fm_worker_view {
    struct fm_task *task;
    enum fm_phase phase;
    struct fm_entry entry; /* of the phase */
    char phase_text[FM_RECORD_TEXT];
    bool has_ended;
    enum fm_status end_status;
    size_t n_publish, publish_capacity;
    struct fm_record *publish; /* renames waiting for the commit */
};

/* Writes one record to the database, inside a transaction. */
FM_MUST_USE enum fm_status fm_session_receive(struct fm_session *s,
                                              struct fm_worker_view *v,
                                              const struct fm_record *record,
                                              struct fm_error *err);
/* After the commit: the renames that were asked for. */
FM_MUST_USE enum fm_status
fm_session_publish(struct fm_session *s, struct fm_worker_view *v, struct fm_error *err);
/* A worker is gone without an end record: blames its phase.  Returns whether the rest of its
 * task is worth another worker. */
FM_MUST_USE enum fm_status fm_session_worker_died(struct fm_session *s,
                                                  struct fm_worker_view *v, const char *how,
                                                  bool *try_again, struct fm_error *err);

#endif
