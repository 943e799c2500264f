/* Changes samples in place. */
#include "means.h"

SPOILT("writes_samples", ((double *)(uintptr_t)m->samples)[0] -= value);
