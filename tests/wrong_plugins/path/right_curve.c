/* Right. */
#include "curve.h"

CURVE("right_curve", 1);
