/* Looks up by key what a plan asks for: runs, samplings, metrics. */
#ifndef FM_STORE_READ_KNOWN_H
#define FM_STORE_READ_KNOWN_H

#include "store/record_run.h"

/* Reads status and step of the run with this key; known->id is 0 when there is none. */
FM_MUST_USE enum fm_status fm_store_find_run(struct fm_store *store, const char *key,
                                             struct fm_known *known, struct fm_error *err);

/* Reads the status of the run's sampling with this key; known->id is 0 when there is none. */
FM_MUST_USE enum fm_status fm_store_find_sampling(struct fm_store *store, int64_t run_id,
                                                  const char *key, struct fm_known *known,
                                                  struct fm_error *err);
/* Reads the id of that definition, 0 when there is none. */
FM_MUST_USE enum fm_status
fm_store_find_metric_def(struct fm_store *store, const char *name, unsigned version,
                         const char *options, int64_t *metric_def_id, struct fm_error *err);
/* Finds out whether the metric has measured the sampling, and whether that gave a value. */
FM_MUST_USE enum fm_status fm_store_has_metric(struct fm_store *store, int64_t sampling_id,
                                               int64_t metric_def_id, bool *has_row,
                                               bool *has_value, struct fm_error *err);

/* Finds out whether the run used another file of the plugin of this kind, name and version. */
FM_MUST_USE enum fm_status fm_store_has_other_build(struct fm_store *store, int64_t run_id,
                                                    const char *kind, const char *name,
                                                    unsigned version, const char *sha256,
                                                    bool *is_other, struct fm_error *err);

#endif
