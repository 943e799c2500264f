/* Coefficients depend on the number of calls so far. */
#include "affine.h"

static size_t n_calls;

SPOILT("hidden_counter", p.alpha += 1e-9 * (double)(n_calls++ % 2) * p.sigma * p.alpha);
