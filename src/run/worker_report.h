/* A worker under way, and what its parts report to the scheduler. */
#ifndef FM_RUN_WORKER_REPORT_H
#define FM_RUN_WORKER_REPORT_H

#include "run/model.h"
#include "run/record.h"
#include "run/task.h"
#include <stdatomic.h>

struct fm_worker {
    const struct fm_task *task;
    const struct fm_experiment *experiment; /* of the run */
    size_t n_threads;
    const struct fm_sink *sink;
    const atomic_bool *stop;
    struct fm_arena arena; /* for the run */
    struct fm_model model;
    struct fm_record end; /* its fields are filled as work proceeds */
};

/* Sends the record to the scheduler. */
FM_MUST_USE enum fm_status
fm_worker_put(struct fm_worker *w, const struct fm_record *record, struct fm_error *err);
/* Reports that a phase begins.  step: of FM_PHASE_TRAIN.  entry: of FM_PHASE_SAMPLE and
 * FM_PHASE_MEASURE, else NULL. */
FM_MUST_USE enum fm_status fm_worker_phase(struct fm_worker *w, enum fm_phase phase,
                                           const struct fm_entry *entry, size_t step,
                                           const char *text, struct fm_error *err);
/* Reports a file in the run's folder: path now, final_path once it is published. */
FM_MUST_USE enum fm_status fm_worker_artifact(struct fm_worker *w, int64_t sampling_id,
                                              const char *kind, const char *path,
                                              const char *final_path, struct fm_error *err);
/* The path of the file `name` in the run's folder, which is made if missing.  In the run's
 * arena. */
FM_MUST_USE enum fm_status fm_worker_path(struct fm_worker *w, const char *name,
                                          char **path, struct fm_error *err);

static inline bool fm_worker_must_stop(const struct fm_worker *w)
{
    return atomic_load_explicit(w->stop, memory_order_relaxed);
}

#define FM_COPY_TEXT(field, text) fm_copy_text((field), sizeof(field), (text))

#endif
