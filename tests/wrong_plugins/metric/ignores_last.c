/* Leaves the last row out, and says that all were used. */
#include "means.h"

SPOILT("ignores_last", value = distance_of_means(m, m->n > 1 ? m->n - 1 : 1));
