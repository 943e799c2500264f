/* Its option has no effect. */
#include "ball.h"

BALL("ignores_option", 1.0, 1.0);
