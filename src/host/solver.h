/* A solver plugin with its options, ready to use: its scheme complete and checked. */
#ifndef FM_HOST_SOLVER_H
#define FM_HOST_SOLVER_H

#include "base/arena.h"
#include <fmrun/plugin.h>

struct fm_solver {
    const struct fm_solver_ops *ops;
    const void *options;
    struct fm_scheme scheme;
};

/* Completes the scheme: calls prepare, where there is one.  Memory comes from arena.
 * The plugin's own errors; FM_ERROR_PLUGIN when the scheme breaks the contract. */
FM_MUST_USE enum fm_status fm_solver_open(struct fm_arena *arena,
                                          const struct fm_plugin *plugin,
                                          const void *options, struct fm_solver *solver,
                                          struct fm_error *err);

/* Whether it can control its step. */
bool fm_solver_is_adaptive(const struct fm_solver *solver);

/* Order of the end point's error; 0: unknown. */
unsigned fm_solver_order(const struct fm_solver *solver);

/* What a scheme lacks, as "a tableau of 1 to 32 stages"; NULL: nothing.  ops: whose it is. */
const char *fm_scheme_mistake(const struct fm_scheme *scheme,
                              const struct fm_solver_ops *ops);

#endif
