/* The density is NaN instead of 0 far from the rows. */
#include "pair.h"

RIGHT_OPEN
RIGHT_DRAW
RIGHT_LABELS
static DENSITY(log(right_density(y) / (double)(right_density(y) > 0))
               * 1) RIGHT_SCORE RIGHT_ENTROPY DATASET("nan_density");
