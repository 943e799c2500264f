/* alpha' is wrong in the last hundredth of [0, 1] alone. */
#include "affine.h"

SPOILT("wrong_late", p.d_alpha *= t[i] > 0.99 ? 0.9 : 1);
