/* Uses V' / V instead of half of it. */
#include "normal.h"

NORMAL("wrong_flow", 2, 1);
