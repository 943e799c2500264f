/* variance' is not the derivative of the variance. */
#include "bridge.h"

static DRAW
{
    (void)options;
    draw_bridge(dim, t, x0, x1, r, 1, 1, xt, ut);
}

BRIDGE("bridge_slope", 0.5);
