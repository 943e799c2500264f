/* Random choices that it says nothing of. */
#include "means.h"

SPOILT("unsure", value = sliced_means(m, m->n).value);
