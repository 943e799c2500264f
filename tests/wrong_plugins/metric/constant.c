/* The best value whatever it is given. */
#include "means.h"

SPOILT("constant", value = isfinite(value) ? 0 : value);
