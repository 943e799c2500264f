/* Gives the best value for all samples. */
#include "means.h"

SPOILT("constant", value = isfinite(value) ? 0 : value);
