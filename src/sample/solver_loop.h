/* Rows through a solver's own loop and step control, fm_solver_ops.solve. */
#ifndef FM_SAMPLE_SOLVER_LOOP_H
#define FM_SAMPLE_SOLVER_LOOP_H

#include "sample/block.h"

/* Integrates the block's rows one by one; x1 and failures are written row by row. */
FM_MUST_USE enum fm_status fm_block_solver_loop(struct fm_block *b, struct fm_error *err);

#endif
