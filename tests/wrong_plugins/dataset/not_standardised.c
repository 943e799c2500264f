/* Divides by the variance. */
#include "finite.h"

FINITE("not_standardised", ((double)index - shift[0]) / (scale[0] * scale[0]));
