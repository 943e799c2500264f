/* Leaves the last row out of a noisy metric. */
#include "means.h"

SPOILT("ignores_last_noisy", *estimate = sliced_means(m, m->n > 1 ? m->n - 1 : 1);
       value = estimate->value);
