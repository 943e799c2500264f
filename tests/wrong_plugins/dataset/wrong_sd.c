/* Rows are slightly wider than the density; there is no closed form. */
#include "pair.h"

static OPEN(d->mixture = NULL) static DRAW_ROWS(x[2 * i + 1] *= 1.03)
    RIGHT_LABELS RIGHT_DENSITY RIGHT_SCORE RIGHT_ENTROPY DATASET("wrong_sd");
