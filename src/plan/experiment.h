/* One experiment, typed: every value checked, every default explicit, every plugin loaded.
 * In the walk: document -> experiment -> plan (plan/plan.h). */
#ifndef FM_PLAN_EXPERIMENT_H
#define FM_PLAN_EXPERIMENT_H

#include "config/document.h"
#include "config/host_options.h"
#include "config/options.h"
#include "host/registry.h"
#include "host/solver.h"
#include <stdint.h>

/* A plugin with its options, as the config asks for it. */
struct fm_component {
    const struct fm_loaded *loaded;
    const void *options;
    const struct fm_yaml *node; /* where it stands */
};

/* One solver setting: an entry of `solvers` with its lists expanded. */
struct fm_method {
    struct fm_component solver;
    struct fm_solver ready; /* the same, opened */
    struct fm_method_options options;
    const double *times; /* [options.steps + 1]: the grid; NULL: adaptive */
    const char *label;   /* as tables show it */
};

struct fm_experiment {
    const char *name;
    size_t n_seeds;
    const uint64_t *seeds;
    struct fm_component source, data, network, path, coupling;
    struct fm_split_options split;
    const struct fm_yaml *split_node; /* where it stands, or NULL */
    struct fm_train_options train;
    /* where these of train and sample stand; NULL: nowhere */
    const struct fm_yaml *label_dropout, *labels;
    struct fm_sample_options sample;
    size_t average; /* which of train.ema is sampled */
    struct fm_component reference_solver;
    struct fm_solver reference_ready;
    struct fm_reference_options reference;
    struct fm_component sample_path;    /* not loaded: that of training */
    const struct fm_experiment *parent; /* whose flow makes the pairs, or NULL: fm_plan_read
                                         * brings it */
    const char *parent_file;
    struct fm_component exact; /* the closed form that metrics take for the truth */
    size_t n_methods, methods_capacity;
    struct fm_method *methods;
    size_t n_metrics;
    struct fm_component *metrics;
};

/* Reads one point of a sweep: root without its `sweep` block. */
FM_MUST_USE enum fm_status fm_experiment_read(struct fm_arena *arena,
                                              struct fm_registry *registry,
                                              const struct fm_yaml *root,
                                              struct fm_experiment *experiment,
                                              struct fm_error *err);

/* root with every default written out, as a tree that reads back as the same experiment and
 * has the same keys.  FM_ERROR_CONFIG as fm_experiment_read. */
FM_MUST_USE enum fm_status fm_experiment_resolve(struct fm_arena *arena,
                                                 struct fm_registry *registry,
                                                 const struct fm_yaml *root,
                                                 struct fm_yaml **resolved,
                                                 struct fm_error *err);

/* Canonical text of what decides the bits of a run (without its seed), of a sampling of it,
 * and of a metric: what keys are hashes of. */
FM_MUST_USE enum fm_status fm_experiment_run_text(struct fm_text *text,
                                                  const struct fm_experiment *e,
                                                  struct fm_error *err);
FM_MUST_USE enum fm_status fm_experiment_sampling_text(struct fm_text *text,
                                                       const struct fm_experiment *e,
                                                       const struct fm_method *method,
                                                       struct fm_error *err);
FM_MUST_USE enum fm_status fm_experiment_metric_text(struct fm_text *text,
                                                     const struct fm_experiment *e,
                                                     const struct fm_component *metric,
                                                     struct fm_error *err);
/* "{plugin: rk4, version: 1, steps: 8}": one component. */
FM_MUST_USE enum fm_status fm_component_text(struct fm_text *text,
                                             const struct fm_component *c, bool for_key,
                                             struct fm_error *err);

/* Whether a metric of the experiment asks for the reference. */
bool fm_experiment_needs(const struct fm_experiment *e, enum fm_metric_reference reference);

/* Whether the network is trained (a closed form is not). */
bool fm_experiment_is_trained(const struct fm_experiment *e);

#endif
