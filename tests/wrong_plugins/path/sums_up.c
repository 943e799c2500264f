/* Adds up changes since the previous time of the call, by the slope: other numbers in other
 * blocks. */
#include "affine.h"

SPOILT("sums_up",
       if (i > 0 && t[i] > t[i - 1] && t[i] - t[i - 1] < 0.01)
           p.alpha = points[i - 1].alpha
                     + (t[i] - t[i - 1]) * (points[i - 1].d_alpha + p.d_alpha) / 2);
