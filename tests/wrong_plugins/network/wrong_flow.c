/* V' / V in place of half of it. */
#include "normal.h"

NORMAL("wrong_flow", 2, 1);
