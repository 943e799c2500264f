/* In many dimensions the density is everywhere far too small. */
#include "ball.h"

BALL("tiny_density", o->sd, 20 * o->sd);
