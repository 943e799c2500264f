/* The training loop: regression of the conditional velocity,
 *     min_theta E |v_theta(x_t, t) - u_t|^2,  (x0, x1) from the coupling, t in [0, 1],
 * the loss being the mean over batch and coordinates.  The target may be x1 or x0
 * instead (host/prediction.h), and there are other losses and times (train/loss.h,
 * train/times.h).
 * Source: Lipman et al. 2023, arXiv:2210.02747, eq. 9; Tong et al. 2024,
 * arXiv:2302.00482.
 *
 * A batch is cut into shards, whose number follows from the options alone.  A thread
 * takes a shard, and for each block of rows draws the data and goes forward and backward
 * while the values are in cache, adding to the shard's gradient.  Shards are then summed
 * in fixed order, and the optimiser updates the parameters: three barriers a step.  So
 * the weights are the same bits for any number of threads. */
#ifndef FM_TRAIN_TRAIN_H
#define FM_TRAIN_TRAIN_H

#include "train/schedule.h"
#include "train/trainer.h"

struct fm_train_step_result {
    uint64_t step;    /* from 1 */
    double loss;      /* before the update */
    double grad_norm; /* before clipping */
    double lr;
    /* the quality of the problem that gave the step's pairs, perhaps for several steps,
     * and one thread's time for drawing and pairing it; 0 with a coupling that pairs
     * rows in order */
    struct fm_coupling_report coupling;
    double coupling_seconds;
    /* the loss after the update, of the first average; NAN at steps without validation */
    double validation;
};

/* Takes one step.  FM_ERROR_DIVERGED if the loss or the gradient is not finite, or the
 * coupling's error; the parameters are then those before the step. */
FM_MUST_USE enum fm_status fm_trainer_step(struct fm_trainer *trainer,
                                           struct fm_train_step_result *result,
                                           struct fm_error *err);

#endif
