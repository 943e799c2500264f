/* What the database knows of what a plan asks for, found by keys. */
#ifndef FM_STORE_READ_KNOWN_H
#define FM_STORE_READ_KNOWN_H

#include "store/record_run.h"

/* Status and step of the run with this key; known->id is 0 when there is none. */
FM_MUST_USE enum fm_status fm_store_find_run(struct fm_store *store, const char *key,
                                             struct fm_known *known, struct fm_error *err);

/* Status of the run's sampling with this key; known->id is 0 when there is none. */
FM_MUST_USE enum fm_status fm_store_find_sampling(struct fm_store *store, int64_t run_id,
                                                  const char *key, struct fm_known *known,
                                                  struct fm_error *err);
/* The id of that definition, 0 when there is none. */
FM_MUST_USE enum fm_status
fm_store_find_metric_def(struct fm_store *store, const char *name, unsigned version,
                         const char *options, int64_t *metric_def_id, struct fm_error *err);
/* Whether the sampling was measured by the metric, and whether that gave a value. */
FM_MUST_USE enum fm_status fm_store_has_metric(struct fm_store *store, int64_t sampling_id,
                                               int64_t metric_def_id, bool *has_row,
                                               bool *has_value, struct fm_error *err);

/* Whether the run used a plugin of this kind, name and version whose file was another. */
FM_MUST_USE enum fm_status fm_store_has_other_build(struct fm_store *store, int64_t run_id,
                                                    const char *kind, const char *name,
                                                    unsigned version, const char *sha256,
                                                    bool *is_other, struct fm_error *err);

#endif
