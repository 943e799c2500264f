/* The noise that is drawn has another sd than the bridge says, by a fiftieth. */
#include "bridge.h"

static DRAW
{
    (void)options;
    draw_bridge(dim, t, x0, x1, r, 1.02, 1, xt, ut);
}

BRIDGE("bridge_variance", 1);
