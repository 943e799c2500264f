/* Changes a member of the measurement. */
#include "means.h"

SPOILT("writes_measurement", ((struct fm_measurement *)(uintptr_t)m)->dim = 1);
