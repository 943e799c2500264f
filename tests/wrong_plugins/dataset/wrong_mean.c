/* Rows are shifted slightly from the closed form. */
#include "pair.h"

RIGHT_OPEN
static DRAW_ROWS(x[2 * i] += 0.02) RIGHT_LABELS RIGHT_DENSITY RIGHT_SCORE RIGHT_ENTROPY
    DATASET("wrong_mean");
