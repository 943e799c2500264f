/* Random choices without a standard error. */
#include "means.h"

SPOILT("unsure", value = sliced_means(m, m->n).value);
