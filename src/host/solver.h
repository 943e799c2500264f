/* A solver plugin with its options, ready to use: its scheme complete and checked. */
#ifndef FM_HOST_SOLVER_H
#define FM_HOST_SOLVER_H

#include "base/arena.h"
#include "host/tableau.h"
#include <fmrun/plugin.h>

struct fm_solver {
    const struct fm_solver_ops *ops;
    const void *options;
    struct fm_scheme scheme;
    const char *found; /* of a tableau that came with the options: what the conditions of
                        * order say of it, for people; else NULL */
};

/* Completes the scheme: calls prepare, where there is one.  Of a tableau that it gives, order
 * and embedded_order may be 0: they are found out; is_fsal is found out in any case.  Memory
 * comes from arena.  The plugin's own errors; FM_ERROR_CONFIG for a tableau that is none, or of
 * a lower order than it says; FM_ERROR_PLUGIN when the scheme breaks the contract. */
FM_MUST_USE enum fm_status fm_solver_open(struct fm_arena *arena,
                                          const struct fm_plugin *plugin,
                                          const void *options, struct fm_solver *solver,
                                          struct fm_error *err);

/* Whether it can control its step. */
bool fm_solver_is_adaptive(const struct fm_solver *solver);

/* Order of the end point's error; 0: unknown. */
unsigned fm_solver_order(const struct fm_solver *solver);

/* False when the scheme is complete.  Else mistake tells what it lacks: "it must have exactly
 * one of tableau and step".  ops: whose it is. */
bool fm_scheme_mistake(const struct fm_scheme *scheme, const struct fm_solver_ops *ops,
                       char mistake[FM_TABLEAU_TEXT]);

#endif
