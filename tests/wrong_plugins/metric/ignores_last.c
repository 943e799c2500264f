/* Leaves the last row out, but reports that it used all. */
#include "means.h"

SPOILT("ignores_last", value = distance_of_means(m, m->n > 1 ? m->n - 1 : 1));
