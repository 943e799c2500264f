/* Settings of the config as the sample room takes them. */
#ifndef FM_RUN_SOLVE_SETTINGS_H
#define FM_RUN_SOLVE_SETTINGS_H

#include "plan/experiment.h"
#include "run/model.h"
#include "sample/integrate.h"
#include "sample/likelihood.h"

/* The time grid or step control of a solver setting; points into method. */
struct fm_control fm_method_control(const struct fm_method *method);

/* Step control of the reference solve to t_end, with its tolerances times factor. */
struct fm_control fm_reference_control(const struct fm_reference_options *options,
                                       double factor, double t_end);

/* How to compute log-densities of the model: with the reference's solver, at tolerances
 * that each request gives.  stop: as in struct fm_solve. */
struct fm_likelihood fm_model_likelihood(const struct fm_model *model,
                                         const struct fm_experiment *e, uint64_t seed,
                                         size_t n_threads, const atomic_bool *stop);

#endif
