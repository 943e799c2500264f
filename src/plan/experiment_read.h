/* From a config to an experiment, over the table of parts (plan/part.h). */
#ifndef FM_PLAN_EXPERIMENT_READ_H
#define FM_PLAN_EXPERIMENT_READ_H

#include "plan/experiment.h"

/* Reads one point of a sweep: root without its `sweep` block.  The experiment borrows root, and
 * lives in arena.  FM_ERROR_CONFIG with the place of the first mistake; FM_ERROR_PLUGIN,
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_experiment_read(struct fm_arena *arena,
                                              struct fm_registry *registry,
                                              const struct fm_yaml *root,
                                              struct fm_experiment *experiment,
                                              struct fm_error *err);

#endif
