/* The noise in the velocity is a tenth too small: means are right, variances are not. */
#include "curve.h"

CURVE("curve_velocity", 0.9);
