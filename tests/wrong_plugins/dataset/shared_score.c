/* Passes the score through a buffer that all threads share. */
#include "../shared_buffer.h"
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
RIGHT_DENSITY
static SCORE(through_shared_buffer(right_score(x + 2 * i, j))) RIGHT_ENTROPY
    DATASET("shared_score");
