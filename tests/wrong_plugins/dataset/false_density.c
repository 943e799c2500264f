/* The density is not normalised. */
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
static DENSITY(log(1.03 * right_density(y))) RIGHT_SCORE static ENTROPY(2.1806 - log(1.03))
    DATASET("false_density");
