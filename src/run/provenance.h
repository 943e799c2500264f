/* Records where a run's numbers come from: parameters and plugins. */
#ifndef FM_RUN_PROVENANCE_H
#define FM_RUN_PROVENANCE_H

#include "run/session.h"

/* Records the run's parameters: every value of the resolved config that enters its key, by
 * dotted key ("train.lr").  FM_ERROR_IO, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_provenance_set_params(struct fm_session *s,
                                                    const struct fm_plan_run *run,
                                                    int64_t run_id, struct fm_error *err);

/* For each plugin that the experiment computes with: warns, once a session, when the run
 * has numbers of another build of the same version; must_add: records that the run used
 * this one.  FM_ERROR_IO, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_provenance_visit_plugins(struct fm_session *s, int64_t run_id,
                                                       const struct fm_experiment *e,
                                                       bool must_add, struct fm_error *err);

#endif
