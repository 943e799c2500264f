/* Right: the distance between means. */
#include "means.h"

SPOILT("right_means", );
