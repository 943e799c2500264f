/* The same without its closed form: the density alone tells what rows should be. */
#include "pair.h"

static OPEN(d->mixture = NULL)
    RIGHT_DRAW RIGHT_LABELS RIGHT_DENSITY RIGHT_SCORE RIGHT_ENTROPY DATASET("right_plain");
