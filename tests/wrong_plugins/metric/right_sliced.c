/* Right: along random directions, with a standard error. */
#include "means.h"

SPOILT("right_sliced", *estimate = sliced_means(m, m->n); value = estimate->value);
