/* Turns NaN into 0, the best value. */
#include "means.h"

SPOILT("swallows_nan", value = fmax(value, 0));
