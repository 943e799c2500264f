/* alpha' is a thousandth too large. */
#include "affine.h"

SPOILT("wrong_factor", p.d_alpha *= 1.001);
