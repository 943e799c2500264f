/* Centres the samples where they lie. */
#include "means.h"

SPOILT("writes_samples", ((double *)(uintptr_t)m->samples)[0] -= value);
