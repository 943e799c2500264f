/* The score has the wrong sign along one coordinate. */
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
RIGHT_DENSITY
static SCORE(right_score(x + 2 * i, j) * (j == 1 ? -1 : 1)) RIGHT_ENTROPY
    DATASET("wrong_score");
