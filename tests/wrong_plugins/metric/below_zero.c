/* 0 for identical sets, and below for others: the wrong sign. */
#include "means.h"

SPOILT("below_zero", value = -value);
