/* Divides by the number of rows less one. */
#include "means.h"

SPOILT("nan_at_one", value *= (double)m->n / ((double)m->n - 1));
