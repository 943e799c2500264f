/* The plan: every run and sampling an experiment needs, each once, each with a key.
 *
 * A run is one training: a point of the sweep and a seed.  A sampling is one solver setting
 * of a run.  Keys are sha256 of what decides the bits, so that what an earlier experiment
 * has done is found again, and what differs only in name is done once. */
#ifndef FM_PLAN_PLAN_H
#define FM_PLAN_PLAN_H

#include "plan/experiment.h"

/* A sampling and its metrics. */
struct fm_plan_sampling {
    char key[FM_HASH_SIZE];
    const struct fm_method *method;
    /* options that are not at their default and have no column in the database */
    const char *method_text;
};

struct fm_plan_metric {
    const struct fm_component *metric;
    const char *text; /* options and references: the metric's definition in the database */
};

struct fm_point;

struct fm_plan_run {
    char key[FM_HASH_SIZE];
    uint64_t seed;
    /* the first point that needs the run; it has the experiment */
    const struct fm_point *point;
    char parent_key[FM_HASH_SIZE]; /* the parent's run with the same seed, or "" */
};

/* One combination of what the sweep varies. */
struct fm_point {
    size_t index;
    const char *setting; /* "train.lr=0.001 network.hidden=[64]"; "" without a sweep */
    struct fm_experiment experiment;
    const struct fm_yaml *resolved; /* the source of the parameters in the database */
    size_t *runs;                   /* [experiment.n_seeds]: indices into plan.runs */
    /* [experiment.n_methods]; keys are the same for all seeds, and unique within a run */
    struct fm_plan_sampling *samplings;
    struct fm_plan_metric *metrics; /* [experiment.n_metrics] */
};

struct fm_plan {
    const char *name, *question; /* question: the config's first comment; "" without one */
    const char *file, *text; /* the path as given; the text, followed by the overrides */
    const char *origin;      /* the file's name and the overrides, on one line */
    const char *resolved;    /* YAML */
    char key[FM_HASH_SIZE];
    unsigned depth; /* how many generations above the user's config; 0: it is that config */
    bool has_keys;  /* keys of the runs, and of the plan, are known */
    size_t n_points, n_runs;
    struct fm_point *points;
    struct fm_plan_run *runs;
};

/* Reads the config file, applies overrides ("a.b=c"), expands the sweep, computes keys.
 * Everything lives in arena.  FM_ERROR_NO_INPUT, FM_ERROR_CONFIG, FM_ERROR_PLUGIN,
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_plan_read(struct fm_arena *arena,
                                        struct fm_registry *registry, const char *path,
                                        size_t n_overrides, const char *const *overrides,
                                        struct fm_plan *plan, struct fm_error *err);

/* The same without runs and keys, which take a hash of each data file: points and their
 * experiments alone. */
FM_MUST_USE enum fm_status fm_plan_read_points(struct fm_arena *arena,
                                               struct fm_registry *registry,
                                               const char *path, size_t n_overrides,
                                               const char *const *overrides,
                                               struct fm_plan *plan, struct fm_error *err);

#endif
