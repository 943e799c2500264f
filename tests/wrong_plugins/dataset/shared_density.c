/* Passes the density through a buffer that all threads share. */
#include "../shared_buffer.h"
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
static DENSITY(through_shared_buffer(log(right_density(y)))) RIGHT_SCORE RIGHT_ENTROPY
    DATASET("shared_density");
