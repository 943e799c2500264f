/* alpha falls in between: it is smooth, and alpha' is its derivative. */
#include "affine.h"

SPOILT("falls_back", p.alpha = t[i] + 0.3 * sin(2 * pi * t[i]); p.sigma = 1 - p.alpha;
       p.d_alpha = 1 + 0.6 * pi * cos(2 * pi * t[i]); p.d_sigma = -p.d_alpha;
       if (p.alpha > 1) p.alpha = 1; if (p.sigma < 0) p.sigma = 0);
