/* Reads one row beyond the last. */
#include "means.h"

SPOILT("reads_beyond", value += 1e-80 * fabs(m->samples[m->n * m->dim]));
