/* What an experiment computes with: open data sets and a compiled network or closed form. */
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
    struct fm_net *net;                     /* NULL for a closed form */
    struct fm_weights weights;              /* of the network, once they are known */
    struct fm_velocity velocity;
    struct fm_velocity exact; /* the true one, where a metric asks for it */
    struct fm_problem problem;
    /* what a point samples with: velocity and exact refer to the change */
    struct fm_problem sampled; /* problem, with the path that is sampled */
    struct fm_path_change change;
};

/* Sets the path and the weights that e samples with: one run may have points with different
 * ones.  The model must stay where it is. */
void fm_model_set_point(struct fm_model *model, const struct fm_experiment *e);

/* Opens and compiles, and sets e's point; everything lives in arena.  shape_only: neither trained nor sampled, so
 * data need not be loaded.  The plugins' own errors, with the place in the config that asked
 * for them. */
FM_MUST_USE enum fm_status fm_model_open(struct fm_arena *arena,
                                         const struct fm_experiment *e, bool shape_only,
                                         struct fm_model *model, struct fm_error *err);

/* Divides the data as e says, by the run's seed.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_model_split(struct fm_arena *arena,
                                          const struct fm_experiment *e, uint64_t seed,
                                          struct fm_model *model, struct fm_error *err);

#endif
