/* A distance below 0 for identical sets. */
#include "means.h"

SPOILT("negative", value -= 0.1);
