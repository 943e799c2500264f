/* A standard error below 0. */
#include "means.h"

SPOILT("negative_error", estimate->standard_error = -value);
