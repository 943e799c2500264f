/* One experiment, typed: every value checked, every default filled in, every plugin loaded.
 * In the walk: document -> experiment (plan/experiment_read.h) -> plan (plan/plan.h).  Each member
 * but the last is read by a row of the table in plan/part.c. */
#ifndef FM_PLAN_EXPERIMENT_H
#define FM_PLAN_EXPERIMENT_H

#include "base/text.h"
#include "config/host_options.h"
#include "plan/component.h"
#include <stdint.h>

/* One solver setting: an entry of `solvers` with its lists expanded. */
struct fm_method {
    size_t entry; /* index in the list `solvers` */
    struct fm_component solver;
    struct fm_solver ready; /* the solver, opened */
    struct fm_method_options options;
    const double *times; /* [options.steps + 1]: the grid; NULL: adaptive */
    const char *label;   /* its name in tables */
};

struct fm_experiment {
    const char *name;
    size_t n_seeds;
    const uint64_t *seeds;
    struct fm_component source, data, network, path, coupling;
    struct fm_split_options split;
    const struct fm_yaml *split_node; /* its place in the config, or NULL */
    struct fm_train_options train;
    /* the nodes of train.label_dropout and sample.labels, or NULL */
    const struct fm_yaml *label_dropout, *labels;
    struct fm_sample_options sample;
    size_t average;                  /* index in train.ema of the average that is sampled */
    struct fm_component sample_path; /* not loaded: sampling follows the training path */
    struct fm_component exact;       /* the closed form that metrics compare with */
    struct fm_component reference_solver;
    struct fm_solver reference_ready;
    struct fm_reference_options reference;
    size_t n_methods, methods_capacity;
    struct fm_method *methods;
    size_t n_metrics;
    struct fm_component *metrics;
    /* The experiment whose flow makes the pairs, and its file; NULL: none.  fm_plan_read reads
     * it. */
    const struct fm_experiment *parent;
    const char *parent_file;
};

/* The table of method->options: a grid's or step control's. */
const struct fm_option *fm_method_table(const struct fm_method *method);

/* Whether a metric of the experiment asks for one of the references, or-ed FM_REFERENCE_... */
bool fm_experiment_needs(const struct fm_experiment *e, unsigned references);

/* Whether the network is trained (a closed form is not). */
bool fm_experiment_is_trained(const struct fm_experiment *e);

#endif
