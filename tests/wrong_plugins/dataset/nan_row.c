/* One row in some thousands is not finite. */
#include "pair.h"

RIGHT_OPEN
static DRAW_ROWS(x[2 * i] = (first_row + i) % 4096 == 4095 ? -HUGE_VAL : x[2 * i])
    RIGHT_LABELS RIGHT_DENSITY RIGHT_SCORE RIGHT_ENTROPY DATASET("nan_row");
