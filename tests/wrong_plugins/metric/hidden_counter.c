/* Depends on how often it was called. */
#include "means.h"

SPOILT("hidden_counter", static double n; value += 1e-9 * n++);
