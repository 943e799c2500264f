/* In many dimensions the density is wider than the rows. */
#include "ball.h"

BALL("wide_density", o->sd, 1.05 * o->sd);
