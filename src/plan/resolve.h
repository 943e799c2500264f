/* A config with every default written out: `fmrun config resolve`. */
#ifndef FM_PLAN_RESOLVE_H
#define FM_PLAN_RESOLVE_H

#include "plan/experiment.h"

/* root, from which e was read, with every default, in the usual order of keys: a tree that reads
 * back as the same experiment and has the same keys.  root stays as it is.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_experiment_resolve(struct fm_arena *arena,
                                                 const struct fm_experiment *e,
                                                 const struct fm_yaml *root,
                                                 struct fm_yaml **resolved,
                                                 struct fm_error *err);

#endif
