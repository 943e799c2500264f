/* Right. */
#include "bridge.h"

static DRAW
{
    (void)options;
    draw_bridge(dim, t, x0, x1, r, 1, 1, xt, ut);
}

BRIDGE("right_bridge", 1);
