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
    /* The orders of a tableau that came with the options, as a text for people; else NULL. */
    const char *found;
};

/* Completes the scheme: calls prepare, if there is one.  If prepare gives a tableau, this sets order
 * and embedded_order where they are 0, and is_fsal.  Memory comes from arena.  Statuses: the
 * plugin's own; FM_ERROR_CONFIG: the tableau is invalid, or its order is lower than declared;
 * FM_ERROR_PLUGIN: the scheme breaks the contract. */
FM_MUST_USE enum fm_status fm_solver_open(struct fm_arena *arena,
                                          const struct fm_plugin *plugin,
                                          const void *options, struct fm_solver *solver,
                                          struct fm_error *err);

/* Whether it controls its step. */
bool fm_solver_is_adaptive(const struct fm_solver *solver);

/* Order of the end point's error; 0: unknown. */
unsigned fm_solver_order(const struct fm_solver *solver);

/* False when the scheme of these ops is complete.  Else mistake says what is missing: "it must have
 * exactly one of tableau and step". */
bool fm_scheme_mistake(const struct fm_scheme *scheme, const struct fm_solver_ops *ops,
                       char mistake[FM_TABLEAU_TEXT]);

#endif
