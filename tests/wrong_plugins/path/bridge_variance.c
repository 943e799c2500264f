/* Draws noise whose sd is 2 % off the declared one. */
#include "bridge.h"

static DRAW
{
    (void)options;
    draw_bridge(dim, t, x0, x1, r, 1.02, 1, xt, ut);
}

BRIDGE("bridge_variance", 1);
