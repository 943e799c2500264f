/* Does the tasks of a session, as many at a time as it has workers.  The parent process
 * writes what they report and never computes: it must not enter an OpenMP region, since a
 * process forked after libgomp has started its threads hangs. */
#ifndef FM_RUN_SCHEDULER_H
#define FM_RUN_SCHEDULER_H

#include "run/session.h"

/* Starts a worker process for each task that is left.  Returns when none is left, or when a
 * signal asked to stop (run/stop.h) and the workers have saved their work.  FM_ERROR_IO
 * when the database can't be written; then the workers are killed. */
FM_MUST_USE enum fm_status fm_schedule_workers(struct fm_session *s, struct fm_error *err);
/* The same in this process, one task after another. */
FM_MUST_USE enum fm_status fm_schedule_in_process(struct fm_session *s,
                                                  struct fm_error *err);

#endif
