/* Counts labels from 1. */
#include "pair.h"

static OPEN(d->mixture = NULL) RIGHT_DRAW
    static DRAW_LABELS(1
                       + right_row(stream, row, x)) RIGHT_DENSITY RIGHT_SCORE RIGHT_ENTROPY
    DATASET("label_beyond");
