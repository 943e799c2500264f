/* Canonical texts: what the keys of runs, samplings and metrics are hashes of.  A change here, or
 * in the order or the formats of fm_parts, changes keys, and with them what counts as done;
 * tests/test_pinned.sh notices. */
#ifndef FM_PLAN_KEY_TEXT_H
#define FM_PLAN_KEY_TEXT_H

#include "base/text.h"
#include "plan/experiment.h"

/* Each appends to text what decides the bits: of a run, without its seed; of a sampling of it; and
 * of a metric, for which the sampling is given.  FM_ERROR_NO_INPUT when a file among the options
 * can't be read; FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status
fm_key_text_run(struct fm_text *text, const struct fm_experiment *e, struct fm_error *err);
FM_MUST_USE enum fm_status fm_key_text_sampling(struct fm_text *text,
                                                const struct fm_experiment *e,
                                                const struct fm_method *method,
                                                struct fm_error *err);
FM_MUST_USE enum fm_status fm_key_text_metric(struct fm_text *text,
                                              const struct fm_experiment *e,
                                              const struct fm_component *metric,
                                              struct fm_error *err);

#endif
