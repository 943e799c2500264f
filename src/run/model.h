/* The model of an experiment: open data sets, and a compiled network or a closed form. */
#ifndef FM_RUN_MODEL_H
#define FM_RUN_MODEL_H

#include "host/data.h"
#include "nn/net.h"
#include "plan/experiment.h"
#include "sample/velocity.h"
#include "train/train.h"

struct fm_model {
    size_t dim;
    struct fm_data source, data;
    struct fm_data train, validation, test; /* parts of data, or all of it */
    struct fm_net *net;                     /* NULL: a closed form */
    struct fm_weights weights;              /* of the network, once trained */
    struct fm_velocity velocity;
    struct fm_velocity exact; /* the true velocity, if a metric needs it */
    struct fm_problem problem;
    struct fm_problem sampled; /* problem, with the path that is sampled along */
    /* from the path of training to the one of sampling; velocity and exact point to it */
    struct fm_path_change change;
};

/* Sets the path and the weights that e samples with: points of one run may differ in them.
 * The model must not move afterwards. */
void fm_model_set_point(struct fm_model *model, const struct fm_experiment *e);

/* Opens data sets, compiles the network and calls fm_model_set_point; everything lives in
 * arena.  shape_only: the model will be neither trained nor sampled, so data need not be
 * loaded.  The plugins' own errors, with their place in the config. */
FM_MUST_USE enum fm_status fm_model_open(struct fm_arena *arena,
                                         const struct fm_experiment *e, bool shape_only,
                                         struct fm_model *model, struct fm_error *err);

/* Splits the data into train, validation and test as e says, shuffled by the run's seed.
 * FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_model_split(struct fm_arena *arena,
                                          const struct fm_experiment *e, uint64_t seed,
                                          struct fm_model *model, struct fm_error *err);

#endif
