/* From the plan to rows of the database and to tasks for workers. */
#ifndef FM_RUN_PREPARE_H
#define FM_RUN_PREPARE_H

#include "run/session.h"

/* Writes sweep, runs, samplings, points, metrics and plugins, and finds what is left to
 * do. */
FM_MUST_USE enum fm_status fm_session_prepare(struct fm_session *s, struct fm_error *err);

#endif
