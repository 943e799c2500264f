/* Right. */
#include "finite.h"

FINITE("right_finite", ((double)index - shift[0]) / scale[0]);
