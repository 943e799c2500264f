/* The value depends on the number of calls so far. */
#include "means.h"

SPOILT("hidden_counter", static double n; value += 1e-9 * n++);
