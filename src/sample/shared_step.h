/* Step control with one step for all rows. */
#ifndef FM_SAMPLE_SHARED_STEP_H
#define FM_SAMPLE_SHARED_STEP_H

#include "sample/block.h"

/* Integrates all blocks, each started; workspaces: one a thread.  x1 and failures are
 * written row by row; all rows fail together. */
FM_MUST_USE enum fm_status fm_integrate_shared_step(
    const struct fm_solve *solve, size_t n_blocks, struct fm_block *blocks,
    const struct fm_velocity_workspace *workspaces, struct fm_error *err);

#endif
