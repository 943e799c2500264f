/* The wrong sign: 0 for identical sets, below 0 for others. */
#include "means.h"

SPOILT("below_zero", value = -value);
