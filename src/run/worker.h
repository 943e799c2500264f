/* A worker does one task: one run, from config to metrics, in a process of its own. */
#ifndef FM_RUN_WORKER_H
#define FM_RUN_WORKER_H

#include "run/record.h"
#include "run/task.h"
#include <stdatomic.h>

/* Does the task and reports to sink; the last record is FM_RECORD_END.  Setting *stop makes
 * it save a checkpoint and end with FM_INTERRUPTED.  Returns the status that it
 * reported. */
enum fm_status fm_worker_run(const struct fm_task *task, size_t n_threads,
                             const struct fm_sink *sink, const atomic_bool *stop);

#endif
