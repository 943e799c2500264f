/* Right, without a derivative. */
#include "normal.h"

NORMAL("right_normal", 1, 1);
