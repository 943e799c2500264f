/* Sets has_floor without a floor. */
#include "means.h"

SPOILT("no_floor", estimate->has_floor = true; estimate->floor = NAN);
