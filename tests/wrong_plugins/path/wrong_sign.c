/* sigma' has the wrong sign. */
#include "affine.h"

SPOILT("wrong_sign", p.d_sigma = -p.d_sigma);
