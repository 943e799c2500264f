/* Step control with one step length for all rows. */
#ifndef FM_SAMPLE_SHARED_STEP_H
#define FM_SAMPLE_SHARED_STEP_H

#include "sample/block.h"

/* All blocks together with one step length, on n_threads threads with their workspaces. */
FM_MUST_USE enum fm_status fm_integrate_shared_step(
    const struct fm_solve *solve, size_t n_blocks, struct fm_block *blocks,
    const struct fm_velocity_workspace *workspaces, struct fm_error *err);

#endif
