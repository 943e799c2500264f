/* The training loop: regression of the conditional velocity,
 *     min_theta E |v_theta(x_t, t) - u_t|^2,  (x0, x1) from the coupling, t in [0, 1],
 * with the mean over batch and coordinates as loss; or of x1 or x0 (host/prediction.h), or with
 * other losses and times (train/loss.h, train/times.h).
 * Source: Lipman et al. 2023, arXiv:2210.02747, eq. 9; Tong et al. 2024, arXiv:2302.00482.
 *
 * A batch is cut into a number of shards that follows from the batch alone.  A thread takes
 * a shard, and for each block of rows draws the data and goes forward and backward while the
 * values are in cache, adding to the shard's gradient; shards are then summed in fixed order,
 * and the optimiser updates the parameters: three barriers a step.  So the weights are the
 * same bits for any number of threads. */
#ifndef FM_TRAIN_TRAIN_H
#define FM_TRAIN_TRAIN_H

#include "train/schedule.h"
#include "train/trainer.h"

struct fm_train_step_result {
    uint64_t step;    /* from 1 */
    double loss;      /* before the update */
    double grad_norm; /* before clipping */
    double lr;
    /* of the problem that the step's pairs are from, which may be that of several steps; zeros
     * with a coupling that takes rows as they come */
    struct fm_coupling_report coupling;
    double coupling_seconds; /* that it took one thread, with drawing its rows */
    double validation; /* loss on the rows kept for it, of the weights after the update that
                        * would be sampled; NAN at steps without it */
};

/* One step.  FM_ERROR_DIVERGED when loss or gradient stop being finite (the parameters are
 * then those before the step), or the coupling's error. */
FM_MUST_USE enum fm_status fm_trainer_step(struct fm_trainer *trainer,
                                           struct fm_train_step_result *result,
                                           struct fm_error *err);

#endif
