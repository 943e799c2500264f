/* The density is not normalised. */
#include "normal.h"

NORMAL("false_density", 1, 1.01);
