/* Says that it has a floor, and computes none. */
#include "means.h"

SPOILT("no_floor", estimate->has_floor = true; estimate->floor = NAN);
