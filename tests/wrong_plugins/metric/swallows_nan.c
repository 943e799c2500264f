/* What is not a number becomes the best value there is. */
#include "means.h"

SPOILT("swallows_nan", value = fmax(value, 0));
