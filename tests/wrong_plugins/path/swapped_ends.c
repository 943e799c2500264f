/* Goes from data to noise: alpha and sigma exchanged. */
#include "affine.h"

SPOILT("swapped_ends", p = right_point(1 - t[i]); p.d_alpha = -p.d_alpha;
       p.d_sigma = -p.d_sigma);
