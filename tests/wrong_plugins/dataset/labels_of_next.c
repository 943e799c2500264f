/* Each row has the label of the next. */
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
static DRAW_LABELS(right_row(stream, row + 1, x)) RIGHT_DENSITY RIGHT_SCORE RIGHT_ENTROPY
    DATASET("labels_of_next");
