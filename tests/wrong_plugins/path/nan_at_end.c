/* sigma' = c^2' by way of 2 c c' / c^2 c^2, which is 0 / 0 at t = 1. */
#include "affine.h"

SPOILT("nan_at_end", p.d_sigma = p.d_sigma / p.sigma * p.sigma);
