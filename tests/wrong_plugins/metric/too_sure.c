/* A standard error ten times too small. */
#include "means.h"

SPOILT("too_sure", *estimate = sliced_means(m, m->n); estimate->standard_error /= 10;
       value = estimate->value);
