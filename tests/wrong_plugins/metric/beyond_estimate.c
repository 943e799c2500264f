/* Writes to a second estimate behind the first. */
#include "means.h"

SPOILT("beyond_estimate", estimate[1].value = value);
