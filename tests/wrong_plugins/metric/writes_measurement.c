/* Changes how many rows there are. */
#include "means.h"

SPOILT("writes_measurement", ((struct fm_measurement *)(uintptr_t)m)->dim = 1);
