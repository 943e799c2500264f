/* In many dimensions the density is far too small everywhere. */
#include "ball.h"

BALL("tiny_density", o->sd, 20 * o->sd);
