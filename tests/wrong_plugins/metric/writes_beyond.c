/* Writes a row beyond the last one of the data. */
#include "means.h"

SPOILT("writes_beyond", ((double *)(uintptr_t)m->data)[m->n * m->dim] = value);
