/* How the top level of a config is cut into sections: shared by experiment.c and resolve.c. */
#ifndef FM_PLAN_SECTIONS_H
#define FM_PLAN_SECTIONS_H

#include "plan/experiment.h"

/* The keys of an experiment, in the order they are written. */
extern const char *const fm_experiment_keys[];

/* Sections that are one plugin each; default_name NULL: the section is required. */
struct fm_plugin_section {
    const char *key;
    enum fm_kind kind;
    const char *default_name;
    size_t offset; /* of the struct fm_component in struct fm_experiment */
};
extern const struct fm_plugin_section fm_plugin_sections[];
enum { FM_N_PLUGIN_SECTIONS = 5 };

/* The default of sample.reference's plugin. */
#define FM_REFERENCE_SOLVER "dopri5"
/* The default of sample.exact's plugin. */
#define FM_EXACT_NETWORK "oracle"

/* The plugin a component node names: the node is a map with the key `plugin`, or the name
 * itself.  node NULL: default_name at where. */
FM_MUST_USE enum fm_status fm_component_load(struct fm_registry *registry,
                                             enum fm_kind kind, const struct fm_yaml *node,
                                             const char *default_name,
                                             const struct fm_loaded **loaded,
                                             struct fm_error *err);

/* The plugin of node with its options.  also: keys beside `plugin` that are somebody else's,
 * ended by NULL; NULL: only `plugin`. */
FM_MUST_USE enum fm_status
fm_component_read(struct fm_arena *arena, struct fm_registry *registry, enum fm_kind kind,
                  const struct fm_yaml *node, const char *default_name,
                  const char *const *also, struct fm_component *component,
                  struct fm_error *err);

/* Opens a solver.  Errors of the plugin get the place in the config that asked for it. */
FM_MUST_USE enum fm_status fm_component_solver(struct fm_arena *arena,
                                               const struct fm_component *component,
                                               struct fm_solver *solver,
                                               struct fm_error *err);

/* The section `train`, into e, whose components are read. */
FM_MUST_USE enum fm_status fm_train_read(struct fm_arena *arena, const struct fm_yaml *root,
                                         struct fm_experiment *e, struct fm_error *err);

/* The list under `solvers`, its lists expanded, into e, whose path and coupling are read. */
FM_MUST_USE enum fm_status fm_methods_read(struct fm_arena *arena,
                                           struct fm_registry *registry,
                                           const struct fm_yaml *root,
                                           struct fm_experiment *e, struct fm_error *err);

/* The options of a solver entry that belong to the host: those of a grid where the entry has
 * steps or times, else those of step control. */
const struct fm_option *fm_method_table(const struct fm_yaml *entry);

#endif
