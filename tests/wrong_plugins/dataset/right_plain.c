/* Right, without a closed form: only the density describes the rows. */
#include "pair.h"

static OPEN(d->mixture = NULL)
    RIGHT_DRAW RIGHT_LABELS RIGHT_DENSITY RIGHT_SCORE RIGHT_ENTROPY DATASET("right_plain");
