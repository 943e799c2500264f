/* Right. */
#include "ball.h"

BALL("right_ball", o->sd, o->sd);
