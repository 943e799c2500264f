/* The worker's training. */
#ifndef FM_RUN_WORKER_TRAIN_H
#define FM_RUN_WORKER_TRAIN_H

#include "run/worker_report.h"

/* Gets the network's weights: from the weights file, or by training, which continues from a
 * checkpoint if there is one.  FM_INTERRUPTED after saving a checkpoint. */
FM_MUST_USE enum fm_status fm_worker_train(struct fm_worker *w, struct fm_error *err);
#endif
