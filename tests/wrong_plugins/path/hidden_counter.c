/* What it does depends on how often it was called. */
#include "affine.h"

static size_t n_calls;

SPOILT("hidden_counter", p.alpha += 1e-9 * (double)(n_calls++ % 2) * p.sigma * p.alpha);
