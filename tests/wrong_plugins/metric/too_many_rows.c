/* Reports more rows used than there are. */
#include "means.h"

SPOILT("too_many_rows", estimate->n_used = 2 * m->n);
