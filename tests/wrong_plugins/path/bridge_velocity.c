/* The velocity leaves out the change of the noise. */
#include "bridge.h"

static DRAW
{
    (void)options;
    draw_bridge(dim, t, x0, x1, r, 1, 0, xt, ut);
}

BRIDGE("bridge_velocity", 1);
