/* Takes the estimate for the first of two. */
#include "means.h"

SPOILT("beyond_estimate", estimate[1].value = value);
