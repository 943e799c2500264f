/* A component: one plugin with its options, written {plugin: rk4, steps: 8}, or rk4 alone. */
#ifndef FM_PLAN_COMPONENT_H
#define FM_PLAN_COMPONENT_H

#include "base/text.h"
#include "config/document.h"
#include "host/registry.h"
#include "host/solver.h"

struct fm_component {
    const struct fm_loaded *loaded; /* NULL: the component is absent */
    const void *options;
    /* its place in the config; NULL: the default, not written */
    const struct fm_yaml *node;
};

/* Loads the plugin that node names: node is a map with the key `plugin`, or the name itself.
 * node NULL, or a map without `plugin`: default_name; NULL makes that an error.
 * FM_ERROR_CONFIG, at node; FM_ERROR_PLUGIN; FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_component_load(struct fm_registry *registry,
                                             enum fm_kind kind, const struct fm_yaml *node,
                                             const char *default_name,
                                             const struct fm_loaded **loaded,
                                             struct fm_error *err);

/* The same, with its options bound.  also: keys of node that are not the plugin's, ended by NULL;
 * NULL: none but `plugin`.  Options live in arena. */
FM_MUST_USE enum fm_status
fm_component_read(struct fm_arena *arena, struct fm_registry *registry, enum fm_kind kind,
                  const struct fm_yaml *node, const char *default_name,
                  const char *const *also, struct fm_component *component,
                  struct fm_error *err);

/* Opens a solver.  An error of the plugin names the component's place in the config. */
FM_MUST_USE enum fm_status fm_component_solver(struct fm_arena *arena,
                                               const struct fm_component *component,
                                               struct fm_solver *solver,
                                               struct fm_error *err);

/* Appends "{plugin: rk4, version: 1, steps: 8}": name, version and all options that enter a key.
 * FM_ERROR_NO_INPUT when a file among the options can't be read; FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_component_key(struct fm_text *text,
                                            const struct fm_component *component,
                                            struct fm_error *err);

/* Whether two components have the same key text.  Errors as fm_component_key. */
FM_MUST_USE enum fm_status fm_component_is_same(const struct fm_component *a,
                                                const struct fm_component *b, bool *result,
                                                struct fm_error *err);

#endif
