/* Right, and singular at t = 0: alpha = sqrt(t (2 - t)), sigma = 1 - t.  alpha' is infinite
 * there, so a time close to 0 is used.  alpha alpha' = 1 - t. */
#include "affine.h"

SPOILT("right_root", const double at = t[i] > 1e-16 ? t[i] : 1e-16;
       p.alpha = sqrt(at * (2 - at)); p.sigma = 1 - t[i]; p.d_alpha = (1 - at) / p.alpha;
       p.d_sigma = -1);
