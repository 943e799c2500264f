/* The derivatives at t = 1 are invented. */
#include "affine.h"

SPOILT("jumps_at_end", p.d_alpha = t[i] < 1 ? p.d_alpha : 1);
