/* The density at a point depends on the other points of the call. */
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
static DENSITY(log(right_density(y)) + 1e-12 * (double)i) RIGHT_SCORE RIGHT_ENTROPY
    DATASET("density_of_others");
