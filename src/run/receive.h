/* From a worker's records to rows of the database. */
#ifndef FM_RUN_RECEIVE_H
#define FM_RUN_RECEIVE_H

#include "run/record.h"
#include "run/session.h"

/* What one worker is doing, according to its records. */
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
/* After the commit: does the renames that the worker asked for. */
FM_MUST_USE enum fm_status
fm_session_publish(struct fm_session *s, struct fm_worker_view *v, struct fm_error *err);
/* A worker died without an end record: marks what it was doing as failed.  how: "killed by
 * signal 11".  *try_again: another worker should do the rest of its task. */
FM_MUST_USE enum fm_status fm_session_worker_died(struct fm_session *s,
                                                  struct fm_worker_view *v, const char *how,
                                                  bool *try_again, struct fm_error *err);

#endif
