/* Step control with a step for each row. */
#ifndef FM_SAMPLE_ADAPTIVE_H
#define FM_SAMPLE_ADAPTIVE_H

#include "sample/block.h"

/* Integrates the block's rows; x1 and failures are written row by row. */
FM_MUST_USE enum fm_status fm_block_adaptive(struct fm_block *b, struct fm_error *err);

#endif
